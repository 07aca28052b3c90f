using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// A named tensor in managed memory: its elements' bytes, little-endian and row-major. Unlike a <see cref="Tensor"/> it
/// may be passed between threads, as snapshots are to the checkpoint writer.
/// </summary>
/// <param name="Name">Name in the state dictionary.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Shape; empty for a scalar.</param>
/// <param name="Bytes">The elements.</param>
public sealed record HostTensor(string Name, ScalarType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Copies a tensor from any device to managed memory.</summary>
    public static HostTensor From(string name, Tensor tensor)
    {
        byte[] bytes = new byte[tensor.numel() * tensor.element_size()];
        CopyTo(tensor, bytes);
        return new HostTensor(name, tensor.dtype, tensor.shape, bytes);
    }

    /// <summary>
    /// Copies a tensor's elements into <paramref name="destination"/>, whose size must be exactly that of the elements.
    /// </summary>
    public static void CopyTo(Tensor tensor, Span<byte> destination)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor source = tensor.detach().cpu().contiguous();
        if (destination.Length > 0) source.bytes.CopyTo(destination);
    }

    /// <summary>
    /// Copies these elements into <paramref name="tensor"/>, which must have the same type and shape.
    /// </summary>
    public void CopyInto(Tensor tensor)
    {
        if (tensor.dtype != Type || !tensor.shape.SequenceEqual(Shape))
            throw new ArgumentException($"{Name}: {Type} [{string.Join(", ", Shape)}] does not fit " +
                $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]", nameof(tensor));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        tensor.copy_(ToTensor());
    }

    /// <summary>Makes a CPU tensor with these elements, in the caller's dispose scope.</summary>
    public Tensor ToTensor()
    {
        Tensor tensor = empty([.. Shape], Type, CPU);
        if (Bytes.Length > 0) Bytes.Span.CopyTo(tensor.bytes);
        return tensor;
    }
}
