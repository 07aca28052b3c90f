using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>Part of a flat vector.</summary>
/// <param name="Start">First element.</param>
/// <param name="Count">Number of elements.</param>
internal readonly record struct VectorRange(long Start, long Count)
{
    /// <summary>Cuts a vector into ranges of at most <paramref name="most"/> elements.</summary>
    public static IEnumerable<VectorRange> Split(long length, long most)
    {
        for (long start = 0; start < length; start += most)
            yield return new VectorRange(start, Math.Min(most, length - start));
    }

    /// <summary>
    /// Returns the <paramref name="index"/>-th of <paramref name="parts"/> parts, whose lengths differ by one at most.
    /// </summary>
    public VectorRange Part(int index, int parts)
    {
        long from = Count * index / parts, to = Count * (index + 1) / parts;
        return new VectorRange(Start + from, to - from);
    }

    /// <summary>Returns a view of this range of <paramref name="vector"/>.</summary>
    public Tensor Of(Tensor vector) => vector.narrow(0, Start, Count);
}
