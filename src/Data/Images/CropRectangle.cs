using Starling.Data.Randomness;

namespace Starling.Data.Images;

/// <summary>A rectangle of whole pixels inside an image.</summary>
public readonly record struct CropRectangle(int Left, int Top, int Width, int Height)
{
    private const double MinRatio = 3.0 / 4.0, MaxRatio = 4.0 / 3.0;

    /// <summary>
    /// Draws a rectangle as torchvision's RandomResizedCrop does: its share of the area is uniform in
    /// [<paramref name="minScale"/>, 1], its aspect ratio log-uniform in [3/4, 4/3], and its place uniform. After ten
    /// rectangles that do not fit, the result is the largest centered rectangle of an allowed ratio.
    /// </summary>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="height">Height of the image in pixels.</param>
    /// <param name="minScale">Smallest share of the area, in (0, 1].</param>
    /// <param name="random">The random numbers of this view.</param>
    public static CropRectangle Draw(int width, int height, double minScale, ref KeyedRandom random)
    {
        double area = (double)width * height, low = Math.Log(MinRatio), high = Math.Log(MaxRatio);
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double target = area * (minScale + ((1 - minScale) * random.NextDouble()));
            double ratio = Math.Exp(low + ((high - low) * random.NextDouble()));
            int w = Crops.RoundHalfEven(Math.Sqrt(target * ratio)), h = Crops.RoundHalfEven(Math.Sqrt(target / ratio));
            if (w < 1 || h < 1 || w > width || h > height) continue;
            int top = random.Below(height - h + 1);
            return new CropRectangle(random.Below(width - w + 1), top, w, h);
        }
        return LargestCentered(width, height);
    }

    private static CropRectangle LargestCentered(int width, int height)
    {
        double ratio = (double)width / height;
        int w = ratio > MaxRatio ? Crops.RoundHalfEven(height * MaxRatio) : width;
        int h = ratio < MinRatio ? Crops.RoundHalfEven(width / MinRatio) : height;
        return new CropRectangle((width - w) / 2, (height - h) / 2, w, h);
    }
}
