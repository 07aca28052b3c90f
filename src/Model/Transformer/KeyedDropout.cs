using Starling.Data.Randomness;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Transformer;

/// <summary>
/// Dropout whose masks are a pure function of (seed, step, key, place in the network); libtorch's own draws from one
/// generator that all threads share. Make one for each forward pass.
/// </summary>
/// <param name="rates">Shares to drop.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="step">Optimizer step.</param>
/// <param name="key">Which sequences of the step these are, e.g. the index of the micro-batch's first.</param>
public sealed class KeyedDropout(DropoutRates rates, ulong seed, long step, long key)
{
    private long _site;

    internal Tensor Token(Tensor x) => Apply(x, rates.Token);

    internal Tensor Residual(Tensor x) => Apply(x, rates.Residual);

    internal Tensor Ffn(Tensor x) => Apply(x, rates.Ffn);

    private Tensor Apply(Tensor x, double rate)
    {
        long site = _site++; // counts even where nothing drops, so that one rate does not shift the others' masks
        if (rate == 0) return x;
        using Generator generator = TensorRandom.For(seed, RandomPurpose.Dropout, step, key, site, x.device);
        Tensor keep = empty_like(x, ScalarType.Bool).bernoulli_(1 - rate, generator);
        // Scaled after masking: 1/(1−p) itself is not a bfloat16 number.
        return (x * keep).Times(1 / (1 - rate));
    }
}
