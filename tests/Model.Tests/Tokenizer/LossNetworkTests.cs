using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tokenizer;

public sealed class LossNetworkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("starling-losses-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_discriminator_judges_patches_and_has_LlamaGens_parameters()
    {
        using var scope = NewDisposeScope();
        ParameterLayout layout = PatchDiscriminator.Layout(64);
        Assert.Equal(2_765_633, layout.Count); // 3→64→128→256→512→1 with 4×4 kernels, and three batch norms
        Assert.Equal([512L, 256, 4, 4], layout["main.8.weight"].Parameter.Shape);
        using ParameterStore weights = new(PatchDiscriminator.Layout(4), CPU, trainable: true);
        PatchDiscriminator.Initialize(weights, 1);
        Tensor logits = new PatchDiscriminator(weights).Judge(Noise(2, 64));
        Assert.Equal([2L, 1, 6, 6], logits.shape);
        Assert.InRange(weights["main.3.weight"].mean().item<float>(), 0.9f, 1.1f);
        Assert.Equal(0f, weights["main.3.bias"].abs().sum().item<float>());
        logits.mean().backward();
        Assert.True(weights.Gradients!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void The_hinge_is_zero_when_real_and_fake_are_told_apart_by_the_margin()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0f, PatchDiscriminator.Hinge(tensor([1f, 3f]), tensor([-1f, -2f])).item<float>());
        Assert.Equal(1f, PatchDiscriminator.Hinge(tensor([0f]), tensor([0f])).item<float>());
    }

    [Fact]
    public void Lpips_is_zero_for_equal_images_and_has_a_gradient_for_others()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(_folder, "vgg.safetensors");
        SafetensorsFile.Write(path, Vgg());
        using LpipsLoss lpips = LpipsLoss.Load(path);
        Tensor a = Noise(1, 32), b = Noise(2, 32).narrow(0, 1, 1);
        Assert.Equal(0f, lpips.Distance(a, a).item<float>());
        Tensor moving = b.clone();
        moving.requires_grad = true;
        Tensor distance = lpips.Distance(moving, a);
        distance.backward();
        Assert.True(distance.item<float>() > 0);
        Assert.True(moving.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void An_incomplete_LPIPS_file_is_refused_naming_the_tensor()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(_folder, "part.safetensors");
        SafetensorsFile.Write(path, Vgg().Where(t => t.Name != "lin3.model.1.weight"));
        Assert.Contains("lin3.model.1.weight", Assert.Throws<StarlingException>(() => LpipsLoss.Load(path)).Message);
    }

    /// <summary>Weights of VGG16 with an eighth of its widths.</summary>
    private static IEnumerable<HostTensor> Vgg()
    {
        (int Index, int From, int To)[] convolutions =
        [
            (0, 3, 8), (2, 8, 8), (5, 8, 16), (7, 16, 16), (10, 16, 32), (12, 32, 32), (14, 32, 32), (17, 32, 64),
            (19, 64, 64), (21, 64, 64), (24, 64, 64), (26, 64, 64), (28, 64, 64),
        ];
        foreach ((int index, int from, int to) in convolutions)
        {
            Tensor kernel = empty(to, from, 3, 3);
            TensorRandom.Normal_(kernel, Math.Sqrt(2.0 / (9 * from)), 1, RandomPurpose.Initialization, index);
            yield return HostTensor.From($"features.{index}.weight", kernel);
            yield return HostTensor.From($"features.{index}.bias", zeros(to));
        }
        int[] widths = [8, 16, 32, 64, 64];
        for (int i = 0; i < widths.Length; i++)
            yield return HostTensor.From($"lin{i}.model.1.weight", ones(1, widths[i], 1, 1));
    }

    private static Tensor Noise(long batch, long size)
    {
        Tensor noise = empty(batch, 3, size, size);
        TensorRandom.Normal_(noise, 0.5, 1, RandomPurpose.TokenizerTraining, 1);
        return noise;
    }
}
