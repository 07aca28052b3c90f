using Starling.Model.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Starling.Model.Tests.Transformer;

/// <summary>LlamaGen's recipe (AdamW, clipping) step by step: the golden file gpt_train10.</summary>
[Trait("Category", "Golden")]
public class GptTrainGoldenTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void Ten_steps_give_LlamaGens_losses_gradient_norms_and_weights()
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open("gpt_train10");
        using var network = new GoldenGpt(golden, "start.", trainable: true);
        ParameterStore store = network.Store;
        var optimizer = new GoldenAdamW(store, golden);
        Tensor tokens_NBT = golden["inputs.tokens"], labels_NB = golden["inputs.labels"];
        for (int step = 0; step < tokens_NBT.shape[0]; step++)
        {
            Tensor tokens_BT = tokens_NBT[step];
            Tensor given_BN = tokens_BT.narrow(1, 0, tokens_BT.shape[1] - 1);
            store.ClearGradients();
            Tensor logits_BTV = network.Gpt.Logits(network.Gpt.Features(given_BN, labels_NB[step]).Last);
            Tensor loss = cross_entropy(logits_BTV.flatten(0, 1), tokens_BT.flatten());
            loss.backward();
            Golden.AssertClose(golden["outputs.losses"][step], loss, Tolerance, $"loss {step}");
            Golden.AssertClose(golden["outputs.grad_norms"][step], optimizer.Step(), Tolerance, $"norm {step}");
        }
        foreach (ParameterShape parameter in store.Layout.Parameters)
        {
            Tensor noise = store.View(optimizer.Noise, parameter.Name);
            AssertEnd(golden["end." + parameter.Name], store[parameter.Name], noise, parameter.Name);
        }
    }

    /// <summary>
    /// 1e-5 relative, and beyond that only what rounding explains. Adam's first steps divide a gradient by its own
    /// size: where that is near epsilon (1e-8; about one element in 20,000), the rounding of the gradient moves the
    /// weight visibly. <paramref name="noise"/> bounds that for each element, and only a few in a tensor may need it.
    /// </summary>
    private static void AssertEnd(Tensor expected, Tensor actual, Tensor noise, string name)
    {
        using var noGrad = no_grad();
        double allowed = Tolerance * expected.abs().max().item<float>();
        float[] differences = (actual - expected).abs().flatten().data<float>().ToArray();
        float[] noises = noise.flatten().data<float>().ToArray();
        for (int i = 0; i < differences.Length; i++)
            Assert.True(differences[i] <= allowed + noises[i],
                $"{name}[{i}]: off by {differences[i]:E2}; {allowed:E2} allowed and {noises[i]:E2} for rounding");
        int excused = differences.Count(difference => difference > allowed);
        Assert.True(excused <= 2 + differences.Length / 1000, $"{name}: {excused} of {differences.Length} are off");
    }
}
