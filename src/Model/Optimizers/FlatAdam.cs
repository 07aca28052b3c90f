using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Optimizers;

/// <summary>
/// Adam over one network's flat vector, gradient clipping included. Decay applies to the layout's decayed parameters
/// only; 0 makes it the plain Adam that LlamaGen trains its tokenizer with.
/// </summary>
public sealed class FlatAdam : IDisposable
{
    private readonly ParameterStore _weights;
    private readonly AdamWArguments _settings;
    private readonly Tensor _mean, _square;
    private readonly Tensor[] _counts;

    /// <summary>Moments of zero for a trainable network; the learning rate comes with each step.</summary>
    public FlatAdam(ParameterStore weights, AdamWArguments settings)
    {
        (_weights, _settings) = (weights, settings);
        _mean = zeros_like(weights.Values).DetachFromDisposeScope();
        _square = zeros_like(weights.Values).DetachFromDisposeScope();
        _counts = [NewCount(weights.Device), NewCount(weights.Device)];
    }

    /// <summary>
    /// Clips the accumulated gradient to a norm of <paramref name="clip"/> (0: not at all) and applies one update.
    /// </summary>
    /// <returns>The norm before clipping. If it is not finite nothing was changed.</returns>
    public double Step(double learningRate, double clip)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor gradients = _weights.Gradients!;
        double norm = Math.Sqrt(gradients.Squared().SumInFixedOrder().item<double>());
        if (!double.IsFinite(norm)) return norm;
        if (clip > 0 && norm > clip) gradients.TimesInPlace(clip / norm);
        long decayed = _weights.Layout.DecayedCount;
        AdamWArguments settings = _settings with { LearningRate = learningRate };
        Update(0, decayed, 0, settings);
        Update(decayed, _weights.Layout.Count - decayed, 1, settings with { WeightDecay = 0 });
        return norm;
    }

    /// <summary>Forgets the moments of some rows of a matrix, whose values were replaced.</summary>
    public void Forget(string name, Tensor rows)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (Tensor moment in (Tensor[])[_mean, _square])
            _weights.View(moment, name).index_fill_(0, rows, Scalars.Zero);
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _square.Dispose();
        foreach (Tensor count in _counts) count.Dispose();
    }

    private void Update(long offset, long count, int group, AdamWArguments settings)
    {
        if (count == 0) return;
        Aten.FusedAdamW([Part(_weights.Values)], [Part(_weights.Gradients!)], [Part(_mean)], [Part(_square)],
            [_counts[group]], settings);

        Tensor Part(Tensor flat) => flat.narrow(0, offset, count);
    }

    private static Tensor NewCount(Device device) => zeros([], float32, device).DetachFromDisposeScope();
}
