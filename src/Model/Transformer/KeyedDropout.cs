using Starling.Data.Randomness;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Transformer;

/// <summary>
/// Dropout whose masks are a pure function of seed, step, key and place in the network. (The masks of libtorch's own
/// dropout come from one generator that all threads share.) Each forward pass needs an instance of its own.
/// </summary>
/// <param name="rates">The rates of dropout.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="step">Number of the training step.</param>
/// <param name="key">
/// Tells the passes of a step apart, for instance by the index of the micro-batch's first image.
/// </param>
public sealed class KeyedDropout(DropoutRates rates, ulong seed, long step, long key)
{
    private long _site;

    internal Tensor Token(Tensor x) => Apply(x, rates.Token);

    internal Tensor Residual(Tensor x) => Apply(x, rates.Residual);

    internal Tensor Ffn(Tensor x) => Apply(x, rates.Ffn);

    private Tensor Apply(Tensor x, double rate)
    {
        long site = _site++; // counted without dropout too, so that one rate does not shift the masks of the others
        if (rate == 0) return x;
        using Generator generator = TensorRandom.For(seed, RandomPurpose.Dropout, step, key, site, x.device);
        Tensor keep = empty_like(x, ScalarType.Bool).bernoulli_(1 - rate, generator);
        // The mask is applied first and the scale after it, because 1/(1−p) is not exact in bfloat16.
        return (x * keep).Times(1 / (1 - rate));
    }
}
