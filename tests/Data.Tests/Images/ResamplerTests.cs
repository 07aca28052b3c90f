using System.Security.Cryptography;
using Starling.Data.Images;

namespace Starling.Data.Tests.Images;

public sealed class ResamplerTests
{
    /// <summary>Hashes of the images that Pillow 9.4 makes of <see cref="Pattern"/>.</summary>
    [Theory]
    [InlineData(37, 23, 37, 23, ResampleFilter.Bicubic, null, "cd273b4dd15c5e893d96ea564ef840a7")]
    [InlineData(37, 23, 16, 9, ResampleFilter.Bicubic, null, "43bd6a2fcdac6ae92c37046c39a80931")]
    [InlineData(37, 23, 80, 61, ResampleFilter.Bicubic, null, "0734a6b3e0da4823ee79248f909d66cf")]
    [InlineData(37, 23, 37, 9, ResampleFilter.Bilinear, null, "ab0c3271b5771a4c57f5c5dde145d088")]
    [InlineData(37, 23, 12, 23, ResampleFilter.Bilinear, null, "a2214032be83b19fc98f9ca9b7b22643")]
    [InlineData(64, 48, 32, 24, ResampleFilter.Box, null, "40ceb7781afcdc6e1324bfed264a1bc4")]
    [InlineData(65, 49, 32, 24, ResampleFilter.Box, null, "e021e34bc624d77a9fabf79adc56e2a9")]
    [InlineData(64, 64, 33, 17, ResampleFilter.Bilinear, new[] { 3.25, 1.5, 60.75, 40.125 },
        "b3db87b26af5b2d92ed8dbb165196b55")]
    [InlineData(64, 64, 20, 20, ResampleFilter.Bicubic, new[] { 10.0, 12.0, 31.0, 33.0 },
        "f1fb2cf86a94065ba7350d70fcfc0704")]
    [InlineData(64, 64, 64, 64, ResampleFilter.Bicubic, new[] { 0.5, 0.25, 63.5, 63.0 },
        "d186764f0c929e4b00d12dabb73e9f38")]
    [InlineData(5, 300, 8, 8, ResampleFilter.Bicubic, null, "b63ea71b9a6c5d683e6b72dfce625634")]
    [InlineData(1, 1, 7, 3, ResampleFilter.Bicubic, null, "3d8d49f4a9d1b9220482037b6a7ff1ec")]
    [InlineData(200, 3, 1, 1, ResampleFilter.Box, null, "fa818573cbb7bbf33460cdd8eadcf6fe")]
    [InlineData(97, 61, 10, 90, ResampleFilter.Bicubic, null, "d4673fad83f3c69d73718387d529e78a")]
    public void Pixels_equal_those_of_Pillow(
        int width, int height, int toWidth, int toHeight, ResampleFilter filter, double[]? box, string sha256)
    {
        ResampleBox? part = box is null ? null : new ResampleBox(box[0], box[1], box[2], box[3]);
        RgbImage result = Resampler.Resize(Pattern(width, height), toWidth, toHeight, filter, part);
        Assert.Equal((toWidth, toHeight), (result.Width, result.Height));
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(result.Pixels))[..32]);
    }

    [Fact]
    public void Resizing_to_the_same_size_gives_a_copy()
    {
        RgbImage image = Pattern(5, 4), same = Resampler.Resize(image, 5, 4, ResampleFilter.Bicubic);
        Assert.Equal(image.Pixels, same.Pixels);
        Assert.NotSame(image.Pixels, same.Pixels);
    }

    [Theory]
    [InlineData(-1, 0, 4, 4)]
    [InlineData(0, 0, 4.5, 4)]
    [InlineData(2, 0, 2, 4)]
    public void A_box_outside_the_image_is_refused(double left, double top, double right, double bottom) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Resampler.Resize(
            Pattern(4, 4), 2, 2, ResampleFilter.Box, new ResampleBox(left, top, right, bottom)));

    private static RgbImage Pattern(int width, int height)
    {
        RgbImage image = RgbImage.Blank(width, height);
        for (int i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)((i * i * 31) + (i * 7) + (i >> 5));
        return image;
    }
}
