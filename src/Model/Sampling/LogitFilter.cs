using Starling.Model.Tensors;
using static TorchSharp.torch;

// Shapes: B batch, V vocabulary.
namespace Starling.Model.Sampling;

/// <summary>LlamaGen's top-k and top-p filtering (generate.py). Tokens that are dropped get the logit −∞.</summary>
public static class LogitFilter
{
    /// <summary>Applies top-k, and then top-p to the tokens that are left.</summary>
    /// <param name="logits_BV">Logits [B, V], already divided by the temperature.</param>
    /// <param name="topK">k: drops logits strictly below the k-th largest, so that ties stay; 0 keeps all.</param>
    /// <param name="topP">
    /// p: goes through the tokens from the most likely on, and drops those after the first at which the cumulative
    /// probability exceeds p; 1 keeps all.
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
        // Shifts by one place, so that the token that crosses the threshold stays. So at least one token is left.
        Tensor first_B1 = zeros_like(above_BV.narrow(1, 0, 1));
        Tensor dropped_BV = cat([first_B1, above_BV.narrow(1, 0, above_BV.shape[1] - 1)], 1);
        return logits_BV.Filled(dropped_BV.scatter(1, order_BV, dropped_BV), double.NegativeInfinity);
    }
}
