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

    /// <summary>Makes one AdamW update. Weight decay applies to the decayed part of the layout only.</summary>
    /// <param name="gradient">Flat gradient of the weights' layout, already clipped.</param>
    /// <param name="updates">Number of updates made before this one.</param>
    /// <param name="arguments">Learning rate, betas, weight decay and epsilon.</param>
    public void Update(Tensor gradient, long updates, AdamWArguments arguments)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long decayed = Weights.Layout.DecayedCount, rest = Weights.Layout.Count - decayed;
        UpdateSlice(0, decayed, arguments);
        UpdateSlice(decayed, rest, arguments with { WeightDecay = 0 });

        void UpdateSlice(long offset, long count, AdamWArguments o)
        {
            if (count == 0) return;
            Tensor step = tensor((float)updates, device: gradient.device);
            Aten.FusedAdamW([Slice(Weights.Values)], [Slice(gradient)], [Slice(Mean)], [Slice(Square)], [step], o);
            Tensor Slice(Tensor flat) => flat.narrow(0, offset, count);
        }
    }

    /// <summary>Frees weights and moments.</summary>
    public void Dispose()
    {
        Weights.Dispose();
        Mean.Dispose();
        Square.Dispose();
    }
}
