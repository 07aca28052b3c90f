using TorchSharp;

namespace Starling.Model.Tensors;

/// <summary>
/// Constants for tensor calls that take a <see cref="Scalar"/>. They live as long as the process. A temporary Scalar is
/// not safe: a collection that any thread triggers may finalize it while the native call still reads it.
/// </summary>
public static class Scalars
{
    /// <summary>0.</summary>
    public static readonly Scalar Zero = Make(0.0);
    /// <summary>
    /// 1 as an integer, for the factor alpha of additions. With a floating-point alpha, integer tensors cannot be
    /// added.
    /// </summary>
    public static readonly Scalar One = Make(1L);
    /// <summary>Negative infinity, the value of a masked attention logit.</summary>
    public static readonly Scalar NegativeInfinity = Make(double.NegativeInfinity);

    /// <summary>
    /// Makes a Scalar. The caller keeps it in a <c>using</c> variable or a static field, never as a temporary argument.
    /// </summary>
    public static Scalar Make(double value) => value.ToScalar();

    /// <summary>Makes an integer Scalar, to be kept in a <c>using</c> variable or a static field.</summary>
    public static Scalar Make(long value) => value.ToScalar();
}
