namespace Starling.Model.Tensors;

/// <summary>Arithmetic of the forward and backward pass; weights, moments and the teacher are always float32.</summary>
public enum Precision
{
    /// <summary>float32.</summary>
    Float32,
    /// <summary>bfloat16 matrix products (autocast).</summary>
    BFloat16,
}
