using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tokenizer;

/// <summary>Compares with results of LlamaGen's own VQ model at small sizes.</summary>
[Trait("Category", "Golden")]
public class VqGoldenTests
{
    private const double Tolerance = 1e-5;

    /// <summary>
    /// Tolerance of gradients. The gradient of a code is the difference of nearly equal unit vectors, and the encoder's
    /// gradient passes through it. The reference itself differs by up to 3e-5 between float32 and float64 there.
    /// </summary>
    private const double GradientTolerance = 3e-5;

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Codes_images_losses_and_gradients_equal_LlamaGens(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "vq_small");
        VqShape shape = VqMetadata.Read(golden.Metadata, "vq_small");
        using ParameterStore weights = new(shape.Layout(), CPU, trainable: true);
        weights.Load(golden.Under("weights."), "vq_small");
        VqModel model = new(shape, weights);
        Tensor images_B3HW = golden["inputs.images"];
        Tensor expected_Bhw = golden["outputs.indices"];
        // LlamaGen's quantizer gives its decoder a channels-last view, for which PyTorch's GroupNorm computes the
        // variance as E[x²]−E[x]². The decoding from indices uses a contiguous tensor and is the exact one. The
        // reference's two decodings of one code therefore differ by more than our tolerance, and the test allows for
        // it.
        double noise = RelativeDifference(golden["outputs.decoded_from_indices"], golden["outputs.decoded"]);

        Quantized quantized = model.Quantize(model.Encode(images_B3HW));
        Tensor decoded_B3HW = model.Decode(quantized.Codes);
        Tensor reconstruction = (decoded_B3HW - images_B3HW).Squared().mean();

        Assert.True(quantized.Indices.view(expected_Bhw.shape).eq(expected_Bhw).all().item<bool>());
        Assert.True(model.EncodeIndices(images_B3HW).view(expected_Bhw.shape).eq(expected_Bhw).all().item<bool>());
        Golden.AssertClose(golden["outputs.quantized"], quantized.Codes, Tolerance, "quantized");
        Golden.AssertClose(golden["outputs.decoded"], decoded_B3HW, Math.Max(Tolerance, 2 * noise), "decoded");
        Golden.AssertClose(golden["outputs.vq_loss"], quantized.VqLoss.view(1), Tolerance, "vq loss");
        Golden.AssertClose(golden["outputs.commit_loss"], quantized.CommitLoss.view(1), Tolerance, "commit loss");
        Golden.AssertClose(golden["outputs.reconstruction_mse"], reconstruction.view(1), Tolerance, "reconstruction");
        Tensor indices_BN = expected_Bhw.view(expected_Bhw.size(0), -1);
        Tensor fromIndices = model.DecodeIndices(indices_BN, (int)expected_Bhw.size(1));
        Golden.AssertClose(golden["outputs.decoded_from_indices"], fromIndices, Tolerance, "decoded from indices");

        reconstruction.Plus(quantized.VqLoss).Plus(quantized.CommitLoss).backward();
        foreach ((string name, Tensor expected) in golden.Under("grads."))
            Golden.AssertClose(expected, weights.View(weights.Gradients!, name),
                Math.Max(GradientTolerance, 4 * noise), name);
    }

    private static double RelativeDifference(Tensor expected, Tensor actual) =>
        ((actual - expected).abs().max() / expected.abs().max()).item<float>();
}
