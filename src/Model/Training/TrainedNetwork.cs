using Starling.Model.Optimizers;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>
/// The weights of a network that is trained, and the two moments of AdamW. All are flat float32 vectors of one layout.
/// </summary>
public sealed class TrainedNetwork(ParameterStore weights) : IDisposable
{
    /// <summary>Weights and gradients.</summary>
    public ParameterStore Weights { get; } = weights;

    /// <summary>First moment, exp_avg.</summary>
    public Tensor Mean { get; } = zeros_like(weights.Values).DetachFromDisposeScope();

    /// <summary>Second moment, exp_avg_sq.</summary>
    public Tensor Square { get; } = zeros_like(weights.Values).DetachFromDisposeScope();

    /// <summary>One AdamW update with a gradient of the weights' layout; decay only on the decayed part.</summary>
    /// <param name="gradient">Flat gradient, already clipped.</param>
    /// <param name="updates">Updates made before this one.</param>
    /// <param name="arguments">Learning rate and the like.</param>
    public void Update(Tensor gradient, long updates, AdamWArguments arguments) =>
        FlatAdamW.Update(Weights, gradient, Mean, Square, updates, arguments);

    /// <summary>Frees weights and moments.</summary>
    public void Dispose()
    {
        Weights.Dispose();
        Mean.Dispose();
        Square.Dispose();
    }
}
