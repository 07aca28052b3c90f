using TorchSharp;

namespace Starling.Model.Tensors;

/// <summary>
/// Constants for tensor calls that take a <see cref="Scalar"/>. A temporary Scalar may be finalized while the native
/// call still reads it, as soon as any other thread triggers a collection; these live as long as the process.
/// </summary>
public static class Scalars
{
    /// <summary>0.</summary>
    public static readonly Scalar Zero = Make(0.0);
    /// <summary>1, as an integer: the alpha of an addition has to be one for integer tensors.</summary>
    public static readonly Scalar One = Make(1L);
    /// <summary>Negative infinity, the value of a masked attention logit.</summary>
    public static readonly Scalar NegativeInfinity = Make(double.NegativeInfinity);

    /// <summary>A Scalar to be kept in a <c>using</c> or a static field, never passed as a temporary.</summary>
    public static Scalar Make(double value) => value.ToScalar();

    /// <summary>An integer Scalar to be kept in a <c>using</c> or a static field.</summary>
    public static Scalar Make(long value) => value.ToScalar();
}
