using Starling.Data.Images;
using Starling.Data.Randomness;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Images;

public sealed class CropsTests
{
    [Fact]
    public void Ten_crops_are_the_corners_the_centre_and_the_same_of_the_mirror_image()
    {
        RgbImage image = TestImages.Noise(9, 8, 1), mirror = Crops.Flip(image);
        (int Left, int Top)[] places = [(0, 0), (5, 0), (0, 4), (5, 4), (2, 2)];
        for (int i = 0; i < 5; i++)
        {
            RgbImage expected = Crops.Cut(image, places[i].Left, places[i].Top, 4, 4);
            Assert.Equal(expected.Pixels, Crops.TenCrop(image, 4, i).Pixels);
            Assert.Equal(Crops.TenCrop(mirror, 4, i).Pixels, Crops.TenCrop(image, 4, i + 5).Pixels);
        }
    }

    [Fact]
    public void Mirroring_reverses_each_row_and_twice_gives_the_image_back()
    {
        RgbImage image = TestImages.Noise(5, 3, 2), mirror = Crops.Flip(image);
        Assert.Equal(image.Pixels[..3], mirror.Pixels[12..15]);
        Assert.Equal(image.Pixels, Crops.Flip(mirror).Pixels);
        Assert.NotEqual(image.Pixels, mirror.Pixels);
    }

    [Theory]
    [InlineData(7, 5, 64)]
    [InlineData(300, 20, 16)]
    [InlineData(64, 64, 64)]
    public void A_centre_crop_has_the_size_asked_for_whatever_the_image_has(int width, int height, int size)
    {
        RgbImage crop = Crops.Center(TestImages.Noise(width, height, 3), size);
        Assert.Equal((size, size), (crop.Width, crop.Height));
    }

    [Fact]
    public void An_image_too_thin_to_enlarge_is_refused_as_undecodable() =>
        Assert.Throws<ImageDecodeException>(() => Crops.Center(RgbImage.Blank(100_000, 1), 256));

    [Fact]
    public void Random_crops_lie_inside_and_keep_to_scale_and_ratio()
    {
        for (int i = 0; i < 500; i++)
        {
            KeyedRandom random = KeyedRandom.For(1, RandomPurpose.Augmentation, i);
            CropRectangle crop = CropRectangle.Draw(100, 80, 0.25, ref random);
            Assert.InRange(crop.Left, 0, 100 - crop.Width);
            Assert.InRange(crop.Top, 0, 80 - crop.Height);
            // Each side was rounded by at most half a pixel.
            Assert.InRange((crop.Width + 0.5) * (crop.Height + 0.5), 0.25 * 8000, 100.5 * 80.5);
            Assert.InRange((crop.Width + 0.5) / (crop.Height - 0.5), 0.75, 1.4);
            Assert.Equal((16, 16), Sizes(Crops.Resized(TestImages.Noise(100, 80, i), crop, 16)));
        }
    }

    [Fact]
    public void A_crop_of_a_very_long_image_falls_back_to_the_centre()
    {
        KeyedRandom random = KeyedRandom.For(1, RandomPurpose.Augmentation);
        Assert.Equal(new CropRectangle(493, 0, 13, 10), CropRectangle.Draw(1000, 10, 1, ref random));
        Assert.Equal(new CropRectangle(0, 493, 10, 13), CropRectangle.Draw(10, 1000, 1, ref random));
    }

    [Fact]
    public void Planes_and_back_give_the_same_image()
    {
        RgbImage image = TestImages.Noise(6, 4, 5);
        byte[] planes = new byte[72];
        image.CopyToPlanes(planes);
        Assert.Equal([image.Pixels[0], image.Pixels[3]], planes[..2]);
        Assert.Equal(image.Pixels[1], planes[24]);
        Assert.Equal(image.Pixels, RgbImage.FromPlanes(planes, 6, 4).Pixels);
    }

    private static (int Width, int Height) Sizes(RgbImage image) => (image.Width, image.Height);
}
