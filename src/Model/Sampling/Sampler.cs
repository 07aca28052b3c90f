using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;

// Shapes: B images, T tokens of an image, D width, V vocabulary. With guidance the network computes 2B sequences: first
// those with the images' classes, then as many with the null class.
namespace Starling.Model.Sampling;

/// <summary>
/// Draws the tokens of images, one position after the other, with cached keys and values (LlamaGen's generate.py). Each
/// draw follows from seed, image and position. So the other images of a batch change an image only by the rounding of
/// matrix products.
/// </summary>
public static class Sampler
{
    /// <summary>Draws the tokens of one image for each label.</summary>
    /// <param name="gpt">The network; the caller chooses its precision with <see cref="Autocast"/>.</param>
    /// <param name="labels">Classes; <see cref="GptShape.NullClass"/> for none.</param>
    /// <param name="options">Guidance, filters and temperature.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="firstIndex">
    /// Index of the first label's image, which keys its draws. The other images have the indices that follow.
    /// </param>
    /// <param name="cancellation">Checked before each position.</param>
    /// <exception cref="StarlingException">A label is no class of the network.</exception>
    /// <returns>Tokens, int64 [B, T], in the caller's dispose scope and on the network's device.</returns>
    public static Tensor Sample(Gpt gpt, IReadOnlyList<int> labels, SamplingOptions options, ulong seed,
        long firstIndex = 0, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var cache = new KvCache(gpt.Shape.Layers, gpt.Shape.Tokens);
        int count = labels.Count, length = gpt.Shape.Tokens;
        bool guided = options.Cfg > 1;
        Tensor tokens_BT = empty([count, length], ScalarType.Int64, gpt.Weights.Device);
        Tensor input = ClassesOf(gpt, labels, guided);
        for (int position = 0; position < length; position++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            Tensor logits = gpt.Logits(gpt.Decode(input, cache).squeeze(1));
            Tensor logits_BV = guided ? ApplyGuidance(logits, options.CfgAt(position)) : logits;
            Tensor chosen_B = ChooseTokens(logits_BV, options, seed, firstIndex, position);
            tokens_BT.select(1, position).copy_(chosen_B);
            input.Dispose();
            input = (guided ? cat([chosen_B, chosen_B]) : chosen_B).MoveToOuterDisposeScope();
        }
        return tokens_BT.MoveToOuterDisposeScope();
    }

    private static Tensor ClassesOf(Gpt gpt, IReadOnlyList<int> labels, bool guided)
    {
        foreach (int label in labels)
            if (label < 0 || label > gpt.Shape.NullClass)
                throw new StarlingException($"there is no class {label}; choose from 0 to " +
                    $"{gpt.Shape.Classes - 1}, or {gpt.Shape.NullClass} for none");
        IEnumerable<int> nulls = guided ? Enumerable.Repeat(gpt.Shape.NullClass, labels.Count) : [];
        return tensor([.. labels.Concat(nulls).Select(label => (long)label)], ScalarType.Int64, gpt.Weights.Device);
    }

    private static Tensor ApplyGuidance(Tensor logits_2BV, double scale)
    {
        Tensor[] halves_BV = logits_2BV.chunk(2);
        (Tensor class_BV, Tensor null_BV) = (halves_BV[0], halves_BV[1]);
        return scale == 1 ? class_BV : null_BV.PlusScaled(class_BV - null_BV, scale);
    }

    private static Tensor ChooseTokens(
        Tensor logits_BV, SamplingOptions options, ulong seed, long firstIndex, int position)
    {
        if (options.Greedy) return logits_BV.argmax(-1);
        Tensor scaled_BV = logits_BV.Times(1 / Math.Max(options.Temperature, 1e-5));
        Tensor probabilities_BV = LogitFilter.Apply(scaled_BV, options.TopK, options.TopP)
            .softmax(-1, ScalarType.Float64);
        double[] draws = new double[logits_BV.shape[0]];
        for (int i = 0; i < draws.Length; i++)
            draws[i] = KeyedRandom.For(seed, RandomPurpose.Sampling, firstIndex + i, position).NextDouble();
        return FirstExceeding(probabilities_BV, tensor(draws, ScalarType.Float64, logits_BV.device).unsqueeze(1));
    }

    /// <summary>
    /// Gives the first token whose cumulative probability exceeds the draw, and never a token of probability 0.
    /// </summary>
    private static Tensor FirstExceeding(Tensor probabilities_BV, Tensor draws_B1)
    {
        Tensor cumulative_BV = probabilities_BV.cumsum(-1);
        Tensor total_B1 = cumulative_BV.narrow(1, cumulative_BV.shape[1] - 1, 1);
        // By rounding the draw may equal the total. The second condition then gives the last token of positive
        // probability.
        Tensor before_BV = cumulative_BV.le(draws_B1 * total_B1).logical_and(cumulative_BV.lt(total_B1));
        return before_BV.sum(-1, type: ScalarType.Int64);
    }
}
