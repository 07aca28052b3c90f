using Starling.Data.Randomness;
using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>Random tensors whose values are a pure function of a key; see <see cref="KeyedRandom"/>.</summary>
public static class TensorRandom
{
    /// <summary>
    /// Makes a generator whose numbers follow from a key and the kind of the device. The caller disposes it.
    /// </summary>
    public static Generator For(ulong seed, RandomPurpose purpose, long a, long b, long c, Device device) =>
        new(KeyedRandom.Key(seed, purpose, a, b, c), device);

    /// <summary>
    /// Fills <paramref name="tensor"/> with draws from N(0, <paramref name="deviation"/>²) that follow from a key.
    /// </summary>
    public static void Normal_(Tensor tensor, double deviation, ulong seed, RandomPurpose purpose, long a, long b = 0)
    {
        using Generator generator = For(seed, purpose, a, b, 0, tensor.device);
        using var noGrad = no_grad();
        tensor.normal_(0, deviation, generator);
    }
}
