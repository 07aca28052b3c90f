using System.Globalization;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

/// <summary>
/// Clipping and AdamW on the flat vector, its decayed part first, with a golden file's settings; keeps account of how
/// far the rounding of the gradients may have moved each weight.
/// </summary>
internal sealed class GoldenAdamW
{
    /// <summary>Rounding of a gradient, relative to the largest of its tensor.</summary>
    private const double Rounding = 1e-6;

    private readonly ParameterStore _store;
    private readonly AdamWArguments _arguments;
    private readonly double _clip;
    private readonly Tensor _means, _squares;
    private readonly Tensor[] _steps = [zeros(1), zeros(1)];
    private int _count;

    public GoldenAdamW(ParameterStore store, Golden golden)
    {
        string[] parts = golden.Metadata["betas"].Split(',');
        double[] betas = [.. parts.Select(beta => double.Parse(beta, CultureInfo.InvariantCulture))];
        _arguments = new AdamWArguments(golden.Number("lr"), betas[0], betas[1], golden.Number("weight_decay"));
        _clip = golden.Number("clip");
        _store = store;
        _means = zeros_like(store.Values);
        _squares = zeros_like(store.Values);
        Noise = zeros_like(store.Values);
    }

    /// <summary>Bound on what rounding of the gradients may have moved each weight, flat.</summary>
    public Tensor Noise { get; }

    /// <summary>Makes one update; returns the gradients' norm before clipping.</summary>
    public Tensor Step()
    {
        using var noGrad = no_grad();
        Tensor gradients = _store.Gradients!;
        Tensor norm = gradients.Squared().SumInFixedOrder().sqrt().to(ScalarType.Float32);
        // torch.nn.utils.clip_grad_norm_: clip / (norm + 1e-6), at most 1.
        gradients.mul_((Ops.Filled([], _clip) / norm.PlusScalar(1e-6)).Between(0, 1));
        foreach (int part in (int[])[0, 1])
            Aten.FusedAdamW([Part(_store.Values, part)], [Part(gradients, part)], [Part(_means, part)],
                [Part(_squares, part)], [_steps[part]], part == 0 ? _arguments : _arguments with { WeightDecay = 0 });
        _count++;
        Account();
        return norm;
    }

    private Tensor Part(Tensor flat, int part)
    {
        long decayed = _store.Layout.DecayedCount;
        return part == 0 ? flat.narrow(0, 0, decayed) : flat.narrow(0, decayed, flat.numel() - decayed);
    }

    private void Account()
    {
        double bias = 1 - Math.Pow(_arguments.Beta2, _count);
        Tensor root = _squares.Times(1 / bias).sqrt().PlusScalar(_arguments.Epsilon);
        foreach (ParameterShape parameter in _store.Layout.Parameters)
        {
            Tensor gradient = _store.View(_store.Gradients!, parameter.Name);
            double rounding = _arguments.LearningRate * Rounding * gradient.abs().max().item<float>();
            Tensor moved = gradient.ne(Scalars.Zero).to(ScalarType.Float32).Times(rounding);
            _store.View(Noise, parameter.Name).PlusInPlace(moved / _store.View(root, parameter.Name));
        }
    }
}
