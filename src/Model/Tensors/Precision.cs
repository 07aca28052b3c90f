namespace Starling.Model.Tensors;

/// <summary>
/// Arithmetic of the forward and backward pass. Weights, moments and the teacher's weights are float32 in both.
/// </summary>
public enum Precision
{
    /// <summary>float32.</summary>
    Float32,
    /// <summary>Matrix products in bfloat16 (autocast), the rest in float32.</summary>
    BFloat16,
}
