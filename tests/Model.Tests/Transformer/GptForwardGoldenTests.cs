using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Starling.Model.Tests.Transformer;

/// <summary>Compares the forward and backward pass with LlamaGen's own: the golden file gpt_forward.</summary>
[Trait("Category", "Golden")]
public class GptForwardGoldenTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Hidden_states_logits_and_loss_are_LlamaGens(string set)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Golden golden = Golden.Open(set, "gpt_forward");
        using var network = new GoldenGpt(golden, "weights.");
        Tensor tokens_BT = golden["inputs.tokens"], labels_B = golden["inputs.labels"];
        Tensor given_BN = tokens_BT.narrow(1, 0, tokens_BT.shape[1] - 1);
        for (int i = 0; i < network.Shape.Layers; i++)
        {
            Tensor expected = golden[$"outputs.hidden.{i}"];
            Tensor tapped = network.Gpt.Features(given_BN, labels_B, tap: i + 1).Mid;
            Golden.AssertClose(expected, tapped, Tolerance, $"tap {i + 1}");
            Tensor alone = network.Gpt.HiddenAfter(i + 1, given_BN, labels_B);
            Golden.AssertClose(expected, alone, Tolerance, $"block {i + 1}");
        }
        Tensor logits_BTV = network.Gpt.Logits(network.Gpt.Features(given_BN, labels_B).Last);
        Golden.AssertClose(golden["outputs.logits"], logits_BTV, Tolerance, "logits");
        Tensor loss = cross_entropy(logits_BTV.flatten(0, 1), tokens_BT.flatten());
        Golden.AssertClose(golden["outputs.loss"], loss.view(1), Tolerance, "loss");
    }

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Every_gradient_is_LlamaGens(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "gpt_forward");
        using var network = new GoldenGpt(golden, "weights.", trainable: true);
        Tensor tokens_BT = golden["inputs.tokens"];
        Tensor given_BN = tokens_BT.narrow(1, 0, tokens_BT.shape[1] - 1);
        Tensor logits_BTV = network.Gpt.Logits(network.Gpt.Features(given_BN, golden["inputs.labels"]).Last);
        cross_entropy(logits_BTV.flatten(0, 1), tokens_BT.flatten()).backward();
        foreach (ParameterShape parameter in network.Store.Layout.Parameters)
            Golden.AssertClose(golden["grads." + parameter.Name],
                network.Store.View(network.Store.Gradients!, parameter.Name), Tolerance, parameter.Name);
    }

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Bfloat16_autocast_keeps_the_residual_stream_in_float32_and_stays_near(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "gpt_forward");
        using var network = new GoldenGpt(golden, "weights.", trainable: true);
        Tensor tokens_BT = golden["inputs.tokens"];
        Tensor given_BN = tokens_BT.narrow(1, 0, tokens_BT.shape[1] - 1), last, logits_BTV;
        using (Autocast.BFloat16(CPU))
        {
            last = network.Gpt.Features(given_BN, golden["inputs.labels"]).Last;
            logits_BTV = network.Gpt.Logits(last);
        }
        Assert.Equal(ScalarType.Float32, last.dtype);
        Assert.Equal(ScalarType.Float32, logits_BTV.dtype);
        // bfloat16 has 8 bits of precision, so this only shows gross errors.
        Golden.AssertClose(golden["outputs.logits"], logits_BTV, 0.05, "logits");
        cross_entropy(logits_BTV.flatten(0, 1), tokens_BT.flatten()).backward();
        Assert.Equal(ScalarType.Float32, network.Store["layers.0.attention.wqkv.weight"].grad!.dtype);
        Assert.True(network.Store.Gradients!.isfinite().all().item<bool>());
    }
}
