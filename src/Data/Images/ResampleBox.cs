namespace Starling.Data.Images;

/// <summary>The part of an image to resample, in pixels. Edges may lie between pixels.</summary>
public readonly record struct ResampleBox(double Left, double Top, double Right, double Bottom)
{
    /// <summary>Returns the box of a whole image.</summary>
    public static ResampleBox Whole(RgbImage image) => new(0, 0, image.Width, image.Height);
}
