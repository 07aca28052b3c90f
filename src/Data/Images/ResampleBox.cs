namespace Starling.Data.Images;

/// <summary>The part of an image to resample, in pixels; edges may lie between pixels.</summary>
public readonly record struct ResampleBox(double Left, double Top, double Right, double Bottom)
{
    /// <summary>The whole of an image.</summary>
    public static ResampleBox Whole(RgbImage image) => new(0, 0, image.Width, image.Height);
}
