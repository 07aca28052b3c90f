using System.Runtime.InteropServices;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>Element type and sizes of an exchanged tensor.</summary>
internal sealed record TensorShape(ScalarType Type, long[] Sizes)
{
    private const int MostDimensions = 8;
    private const long None = -1;

    /// <summary>Number of elements.</summary>
    public long Count => Sizes.Aggregate(1L, (product, size) => product * size);

    /// <summary>
    /// Finds the shape that the values of all members have. A member without values needs it to receive the others'
    /// values, because a transfer does not say its size.
    /// </summary>
    /// <exception cref="CollectiveException"><see cref="CollectiveFault.Mismatch"/>: the shapes differ.</exception>
    public static TensorShape Agree(ICollectiveGroup group, IReadOnlyList<Tensor> values)
    {
        TensorShape[] mine = [.. values.Select(v => new TensorShape(v.dtype, v.shape)).Distinct(Same)];
        if (mine.Length > 1)
            throw new ArgumentException($"replicas with values {mine[0]} and {mine[1]}", nameof(values));
        TensorShape?[] all = [.. group.AllGather(Encode(mine.FirstOrDefault()).to(group.Device)).Select(Decode)];
        TensorShape agreed = all.FirstOrDefault(shape => shape is not null)
            ?? throw new ArgumentException("no member has values", nameof(values));
        foreach (TensorShape? other in all)
            if (other is not null && !Same.Equals(other, agreed))
                throw new CollectiveException(CollectiveFault.Mismatch,
                    $"{group.Member}: values {agreed} at rank {Array.IndexOf(all, agreed)}, " +
                    $"{other} at rank {Array.IndexOf(all, other)}");
        return agreed;
    }

    public override string ToString() => $"{Type}[{string.Join(',', Sizes)}]";

    private static EqualityComparer<TensorShape> Same { get; } = EqualityComparer<TensorShape>.Create(
        (a, b) => a!.Type == b!.Type && a.Sizes.SequenceEqual(b.Sizes), shape => (int)shape.Type);

    private static Tensor Encode(TensorShape? shape)
    {
        long[] numbers = new long[2 + MostDimensions];
        numbers[0] = shape is null ? None : (long)shape.Type;
        numbers[1] = shape?.Sizes.Length ?? 0;
        shape?.Sizes.CopyTo(numbers, 2);
        return tensor(numbers);
    }

    private static TensorShape? Decode(Tensor encoded)
    {
        ReadOnlySpan<long> numbers =
            MemoryMarshal.Cast<byte, long>(HostTensor.From("shape", encoded).Bytes.Span);
        return numbers[0] == None
            ? null
            : new TensorShape((ScalarType)numbers[0], numbers.Slice(2, (int)numbers[1]).ToArray());
    }
}
