using Starling.Data.Images;
using Starling.Data.Randomness;

namespace Starling.Data.Batches;

/// <summary>
/// Makes the views of one image. Every draw is keyed by (seed, epoch, sample), so a view does not depend on the
/// batch, the replica or the thread that makes it.
/// </summary>
internal sealed class ViewMaker(BatchOptions options)
{
    private readonly int _size = options.ImageSize;

    /// <summary>Writes M views as planes (M, 3, H, W).</summary>
    public void Make(RgbImage image, long epoch, long sample, Span<byte> views)
    {
        switch (options.Augmentation)
        {
            case Augmentation.TenCrop:
                TenCrops(image, epoch, sample, views);
                break;
            case Augmentation.RandomResizedCrop:
                for (int view = 0; view < options.Views; view++) ResizedCrop(image, epoch, sample, view, views);
                break;
            default:
                RgbImage center = Crops.Center(image, _size);
                for (int view = 0; view < options.Views; view++)
                {
                    KeyedRandom random = Stream(epoch, sample, view);
                    WriteView(MaybeFlip(center, ref random), view, views);
                }
                break;
        }
    }

    // All views draw from one stream, because they share the crop range and must be distinct crops (paper 1.9, row 13).
    private void TenCrops(RgbImage image, long epoch, long sample, Span<byte> views)
    {
        KeyedRandom random = Stream(epoch, sample, 0);
        double range = options.CropRanges[random.Below(options.CropRanges.Count)];
        RgbImage source = Crops.Center(image, (int)(_size * range));
        int[] chosen = random.Choose(options.Views, Crops.TenCropCount);
        for (int view = 0; view < chosen.Length; view++)
            WriteView(Crops.TenCrop(source, _size, chosen[view]), view, views);
    }

    private void ResizedCrop(RgbImage image, long epoch, long sample, int view, Span<byte> views)
    {
        KeyedRandom random = Stream(epoch, sample, view);
        CropRectangle crop = CropRectangle.Draw(image.Width, image.Height, options.MinScale, ref random);
        WriteView(MaybeFlip(Crops.Resized(image, crop, _size), ref random), view, views);
    }

    private RgbImage MaybeFlip(RgbImage image, ref KeyedRandom random) =>
        options.Flip && random.Chance(0.5) ? Crops.Flip(image) : image;

    private KeyedRandom Stream(long epoch, long sample, int view) =>
        KeyedRandom.For(options.Seed, RandomPurpose.Augmentation, epoch, sample, view);

    private void WriteView(RgbImage image, int view, Span<byte> views) =>
        image.CopyToPlanes(views.Slice(view * 3 * _size * _size, 3 * _size * _size));
}
