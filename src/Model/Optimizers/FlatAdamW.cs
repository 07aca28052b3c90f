using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Optimizers;

/// <summary>AdamW in place, over the flat vector of one network's weights.</summary>
public static class FlatAdamW
{
    /// <summary>
    /// Applies one update. Weight decay applies to the decayed part of the layout only. All vectors are float32 and
    /// have the weights' layout.
    /// </summary>
    /// <param name="weights">The weights, which change.</param>
    /// <param name="gradient">The gradient, already clipped.</param>
    /// <param name="mean">The first moment (exp_avg), which changes.</param>
    /// <param name="square">The second moment (exp_avg_sq), which changes.</param>
    /// <param name="updates">Number of updates before this one.</param>
    /// <param name="arguments">Learning rate, decays and epsilon.</param>
    public static void Update(ParameterStore weights, Tensor gradient, Tensor mean, Tensor square, long updates,
        AdamWArguments arguments)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long decayed = weights.Layout.DecayedCount, rest = weights.Layout.Count - decayed;
        UpdateSlice(0, decayed, arguments);
        UpdateSlice(decayed, rest, arguments with { WeightDecay = 0 });

        void UpdateSlice(long offset, long count, AdamWArguments settings)
        {
            if (count == 0) return;
            Tensor step = tensor((float)updates, device: gradient.device);
            Aten.FusedAdamW(
                [Slice(weights.Values)], [Slice(gradient)], [Slice(mean)], [Slice(square)], [step], settings);

            Tensor Slice(Tensor flat) => flat.narrow(0, offset, count);
        }
    }
}
