using System.Globalization;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
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
        var optimizer = new FlatAdamW(network.Store, golden);
        Tensor tokens_NBT = golden["inputs.tokens"], labels_NB = golden["inputs.labels"];
        for (int step = 0; step < tokens_NBT.shape[0]; step++)
        {
            Tensor tokens_BT = tokens_NBT[step];
            Tensor given_BN = tokens_BT.narrow(1, 0, tokens_BT.shape[1] - 1);
            network.Store.ClearGradients();
            Tensor logits_BTV = network.Gpt.Logits(network.Gpt.Features(given_BN, labels_NB[step]).Last);
            Tensor loss = cross_entropy(logits_BTV.flatten(0, 1), tokens_BT.flatten());
            loss.backward();
            Golden.AssertClose(golden["outputs.losses"][step], loss, Tolerance, $"loss {step}");
            Golden.AssertClose(golden["outputs.grad_norms"][step], optimizer.Step(), Tolerance, $"norm {step}");
        }
        foreach (ParameterShape parameter in network.Store.Layout.Parameters)
            Golden.AssertClose(golden["end." + parameter.Name], network.Store[parameter.Name], Tolerance, parameter.Name);
    }

    /// <summary>Clipping and AdamW on the flat vector, its decayed part first.</summary>
    private sealed class FlatAdamW
    {
        private readonly double _clip;
        private readonly Tensor _gradients;
        private readonly Tensor[] _weightParts, _gradientParts, _means, _squares, _steps;
        private readonly AdamWArguments _decayed;

        public FlatAdamW(ParameterStore store, Golden golden)
        {
            double[] betas = [.. golden.Metadata["betas"].Split(',').Select(b => double.Parse(b, CultureInfo.InvariantCulture))];
            _decayed = new AdamWArguments(golden.Number("lr"), betas[0], betas[1], golden.Number("weight_decay"));
            _clip = golden.Number("clip");
            long decayed = store.Layout.DecayedCount;
            Tensor[] Parts(Tensor flat) => [flat.narrow(0, 0, decayed), flat.narrow(0, decayed, flat.numel() - decayed)];
            _gradients = store.Gradients!;
            _weightParts = Parts(store.Values);
            _gradientParts = Parts(_gradients);
            _means = Parts(zeros_like(store.Values));
            _squares = Parts(zeros_like(store.Values));
            _steps = [zeros(1), zeros(1)];
        }

        /// <summary>Makes one update; returns the gradient's norm before clipping.</summary>
        public Tensor Step()
        {
            using var noGrad = no_grad();
            Tensor norm = _gradients.Squared().SumInFixedOrder().sqrt().to(ScalarType.Float32);
            // torch.nn.utils.clip_grad_norm_: clip / (norm + 1e-6), at most 1.
            _gradients.mul_((Ops.Filled([], _clip) / norm.PlusScalar(1e-6)).Between(0, 1));
            for (int i = 0; i < 2; i++)
                Aten.FusedAdamW([_weightParts[i]], [_gradientParts[i]], [_means[i]], [_squares[i]], [_steps[i]],
                    i == 0 ? _decayed : _decayed with { WeightDecay = 0 });
            return norm;
        }
    }
}
