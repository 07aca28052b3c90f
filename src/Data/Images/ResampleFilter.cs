namespace Starling.Data.Images;

/// <summary>Pillow's filters of the same names. All are widened when an image shrinks (antialiasing).</summary>
public enum ResampleFilter
{
    /// <summary>The mean of the covered pixels. It reaches 0.5 pixels to each side.</summary>
    Box,
    /// <summary>A triangle. It reaches 1 pixel to each side.</summary>
    Bilinear,
    /// <summary>Cubic convolution with a = -0.5 (Catmull-Rom). It reaches 2 pixels to each side.</summary>
    Bicubic,
}
