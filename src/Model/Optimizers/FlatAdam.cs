using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Optimizers;

/// <summary>
/// Adam over one network's flat vector, with clipping of the gradient. Weight decay applies to the layout's decayed
/// parameters only. Without weight decay it is the Adam that LlamaGen trains its tokenizer with.
/// </summary>
public sealed class FlatAdam : IDisposable
{
    private readonly ParameterStore _weights;
    private readonly AdamWArguments _settings;
    private readonly Tensor _mean, _square;
    private long _updates;

    /// <summary>Makes an optimizer with moments of 0.</summary>
    /// <param name="weights">A trainable network's weights; the caller disposes them.</param>
    /// <param name="settings">Decays and epsilon. Each step brings its own learning rate.</param>
    public FlatAdam(ParameterStore weights, AdamWArguments settings)
    {
        (_weights, _settings) = (weights, settings);
        _mean = zeros_like(weights.Values).DetachFromDisposeScope();
        _square = zeros_like(weights.Values).DetachFromDisposeScope();
    }

    /// <summary>Clips the accumulated gradient and applies one update.</summary>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="clip">Largest norm of the gradient; 0 for no clipping.</param>
    /// <returns>The norm before clipping. If the norm is not finite, nothing was changed.</returns>
    public double Step(double learningRate, double clip)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor gradients = _weights.Gradients!;
        double norm = Math.Sqrt(gradients.Squared().SumInFixedOrder().item<double>());
        if (!double.IsFinite(norm)) return norm;
        if (clip > 0 && norm > clip) gradients.TimesInPlace(clip / norm);
        FlatAdamW.Update(
            _weights, gradients, _mean, _square, _updates++, _settings with { LearningRate = learningRate });
        return norm;
    }

    /// <summary>Sets the moments of some rows of a matrix to 0, because the caller replaced the rows' values.</summary>
    /// <param name="name">The matrix's name in the layout.</param>
    /// <param name="rows">Numbers of the rows [K], int64.</param>
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
    }
}
