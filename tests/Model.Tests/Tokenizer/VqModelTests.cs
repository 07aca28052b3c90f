using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tokenizer;

public class VqModelTests
{
    internal static readonly VqShape Tiny = new()
    {
        Ch = 16,
        ChMult = [1, 2],
        ResBlocks = 1,
        ZChannels = 16,
        CodebookSize = 32,
        CodebookDim = 4,
        NormGroups = 8,
    };

    [Fact]
    public void Initial_weights_follow_PyTorchs_and_LlamaGens_rules_and_the_seed()
    {
        using var scope = NewDisposeScope();
        using ParameterStore weights = Initialized(Tiny, seed: 7), same = Initialized(Tiny, 7);
        using ParameterStore other = Initialized(Tiny, 8);
        Assert.Equal(weights.Values.bytes, same.Values.bytes);
        Assert.False(weights.Values.bytes.SequenceEqual(other.Values.bytes));
        double bound = 1 / Math.Sqrt(16 * 9);
        Tensor kernel = weights["encoder.conv_blocks.0.res.0.conv1.weight"];
        Assert.InRange(kernel.abs().max().item<float>(), 0.9 * bound, bound);
        Assert.InRange(weights["encoder.conv_blocks.0.res.0.conv1.bias"].abs().max().item<float>(), 1e-4, bound);
        Assert.True(weights["encoder.norm_out.weight"].eq(ones(32)).all().item<bool>());
        Tensor lengths_V = weights[VqNames.Codebook].Squared().sum([1]);
        Assert.True(lengths_V.allclose(ones_like(lengths_V), rtol: 0, atol: 1e-5));
    }

    [Fact]
    public void A_decoder_may_be_wider_than_the_encoder()
    {
        using var scope = NewDisposeScope();
        VqShape shape = Tiny with { DecoderChMult = [2, 3] };
        using ParameterStore weights = Initialized(shape, 1);
        VqModel model = new(shape, weights);
        Tensor decoded = model.DecodeIndices(model.EncodeIndices(zeros(2, 3, 8, 12)), rows: 4);
        Assert.Equal([2L, 3, 8, 12], decoded.shape);
        Assert.Equal([32L, 48, 3, 3], weights["decoder.conv_blocks.1.res.0.conv1.weight"].shape);
    }

    [Fact]
    public void Every_code_is_the_nearest_and_gradients_pass_straight_through()
    {
        using var scope = NewDisposeScope();
        using ParameterStore weights = Initialized(Tiny, 2);
        VqModel model = new(Tiny, weights);
        Tensor latents_BDhw = empty(2, 4, 3, 5);
        TensorRandom.Normal_(latents_BDhw, 1, 3, RandomPurpose.TokenizerTraining, 0);
        latents_BDhw.requires_grad = true;
        Quantized quantized = model.Quantize(latents_BDhw);

        Tensor similarity_MV = quantized.Latents.matmul(weights[VqNames.Codebook].Normalized().transpose(0, 1));
        Assert.True(similarity_MV.argmax(1).eq(quantized.Indices.view(-1)).all().item<bool>());
        Assert.Equal([2L, 15], quantized.Indices.shape);
        quantized.Codes.sum().backward();
        Assert.True(latents_BDhw.grad!.abs().sum().item<float>() > 0);
        Assert.Equal(0f, weights.Gradients!.abs().sum().item<float>()); // Only the losses move the codebook.
    }

    [Fact]
    public void An_image_of_unfit_size_is_refused()
    {
        using var scope = NewDisposeScope();
        using ParameterStore weights = Initialized(Tiny, 2);
        VqModel model = new(Tiny, weights);
        StarlingException error = Assert.Throws<StarlingException>(() => model.Encode(zeros(1, 3, 8, 9)));
        Assert.Contains("multiples of 2", error.Message);
    }

    internal static ParameterStore Initialized(VqShape shape, ulong seed)
    {
        ParameterStore weights = new(shape.Layout(), CPU, trainable: true);
        VqInitialization.Initialize(shape, weights, seed);
        return weights;
    }
}
