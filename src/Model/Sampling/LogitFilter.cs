using Starling.Model.Tensors;
using static TorchSharp.torch;

// Shapes: B batch, V vocabulary.
namespace Starling.Model.Sampling;

/// <summary>LlamaGen's top-k and top-p filtering (generate.py): dropped tokens get −∞.</summary>
public static class LogitFilter
{
    /// <summary>Top-k, then top-p on what is left.</summary>
    /// <param name="logits_BV">Logits, already divided by the temperature.</param>
    /// <param name="topK">Drops logits strictly below the k-th largest (ties stay); 0 keeps all.</param>
    /// <param name="topP">
    /// Drops what follows the first token whose cumulative probability exceeds p, most likely first; 1 keeps all.
    /// </param>
    public static Tensor Apply(Tensor logits_BV, int topK, double topP)
    {
        using var scope = NewDisposeScope();
        Tensor kept_BV = logits_BV.alias();
        if (topK > 0) kept_BV = TopK(kept_BV, topK);
        if (topP < 1) kept_BV = TopP(kept_BV, topP);
        return kept_BV.MoveToOuterDisposeScope();
    }

    private static Tensor TopK(Tensor logits_BV, int k)
    {
        int count = (int)Math.Min(k, logits_BV.shape[1]);
        Tensor least_B1 = logits_BV.topk(count, -1).values.narrow(1, count - 1, 1);
        return logits_BV.Filled(logits_BV.lt(least_B1), double.NegativeInfinity);
    }

    private static Tensor TopP(Tensor logits_BV, double p)
    {
        (Tensor sorted_BV, Tensor order_BV) = logits_BV.sort(-1, descending: true, stable: true);
        Tensor above_BV = sorted_BV.softmax(-1).cumsum(-1).GreaterThan(p);
        // Shifted right: the token that crosses the threshold stays, and so there is always one.
        Tensor first_B1 = zeros_like(above_BV.narrow(1, 0, 1));
        Tensor dropped_BV = cat([first_B1, above_BV.narrow(1, 0, above_BV.shape[1] - 1)], 1);
        return logits_BV.Filled(dropped_BV.scatter(1, order_BV, dropped_BV), double.NegativeInfinity);
    }
}
