namespace Starling.Data.Images;

/// <summary>Pillow's filters of the same names; all are widened when shrinking (antialiased).</summary>
public enum ResampleFilter
{
    /// <summary>Mean of the covered pixels; support 0.5.</summary>
    Box,
    /// <summary>Triangle; support 1.</summary>
    Bilinear,
    /// <summary>Cubic convolution with a = -0.5 (Catmull-Rom); support 2.</summary>
    Bicubic,
}
