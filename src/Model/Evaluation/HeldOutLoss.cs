// Shapes: N images of a batch, T codes, V codes to choose from.
using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Starling.Model.Evaluation;

/// <summary>
/// The next-token loss (Eq. 2) of images that were not trained on, given their classes, without mask and dropout. It
/// can compare methods. The training loss cannot: ST-AR computes it under masked attention, and every method under
/// dropout.
/// </summary>
public static class HeldOutLoss
{
    /// <summary>Computes the mean over images and positions, in nats; null without images.</summary>
    /// <param name="gpt">The transformer.</param>
    /// <param name="set">The images.</param>
    /// <param name="batch">Number of images of one forward pass.</param>
    /// <param name="bfloat16">Whether the forward pass is computed in bfloat16. The loss is always float32.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static double? Of(Gpt gpt, CodedSet set, int batch, bool bfloat16, CancellationToken cancellation)
    {
        if (set.Labels.Count == 0) return null;
        using var noGrad = no_grad();
        long tokens = gpt.Shape.Tokens;
        double sum = 0;
        for (int first = 0; first < set.Labels.Count; first += batch)
        {
            using var scope = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(batch, set.Labels.Count - first);
            Tensor codes_NT = set.Codes_NT.narrow(0, first, count);
            Tensor labels_N = tensor(set.Labels.Skip(first).Take(count).Select(l => (long)l).ToArray());
            using Autocast precision = Autocast.BFloat16(CPU, bfloat16);
            Tensor logits_NTV = gpt.Logits(gpt.Features(codes_NT.narrow(1, 0, tokens - 1), labels_N).Last);
            Tensor loss = F.cross_entropy(logits_NTV.reshape(-1, logits_NTV.shape[^1]).to(ScalarType.Float32),
                codes_NT.reshape(-1), reduction: nn.Reduction.Sum);
            sum += loss.item<float>();
        }
        return sum / ((double)set.Labels.Count * tokens);
    }
}
