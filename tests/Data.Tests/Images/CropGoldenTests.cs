using Starling.Data.Images;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Images;

/// <summary>
/// Pixels against Pillow and torchvision: exact, from the PNG. Sizes are those the golden file names.
/// </summary>
[Trait("Category", "Golden")]
public sealed class CropGoldenTests
{
    private readonly SafetensorsBytes _golden = new(Golden.Path("crops.safetensors"));
    private readonly RgbImage _photo = PictureDecoder.Default.Decode(File.ReadAllBytes(Golden.Path("photo.png")));

    [Fact]
    public void The_png_decodes_to_the_pixels_of_Pillow()
    {
        (int[] shape, byte[] pixels) = _golden.Get("source");
        Assert.Equal(new[] { _photo.Height, _photo.Width, 3 }, shape);
        Assert.Equal(pixels, _photo.Pixels);
    }

    [Fact]
    public void The_jpeg_decodes_to_the_same_size_and_nearly_the_same_pixels()
    {
        RgbImage jpeg = PictureDecoder.Default.Decode(File.ReadAllBytes(Golden.Path("photo.jpg")));
        Assert.Equal((_photo.Width, _photo.Height), (jpeg.Width, jpeg.Height));
        Assert.InRange(jpeg.Pixels.Zip(_photo.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, 5);
    }

    [Fact]
    public void Centre_crops_equal_center_crop_arr_byte_for_byte()
    {
        string[] names = [.. _golden.Names.Where(name => name.StartsWith("center_", StringComparison.Ordinal))];
        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            (int[] shape, byte[] pixels) = _golden.Get(name);
            Assert.Equal(pixels, Crops.Center(_photo, shape[0]).Pixels);
        }
    }

    [Fact]
    public void Ten_crops_equal_torchvision_in_order_and_bytes()
    {
        string[] names = [.. _golden.Names.Where(name => name.StartsWith("tencrop_", StringComparison.Ordinal))];
        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            (int[] shape, byte[] pixels) = _golden.Get(name);
            RgbImage centre = Crops.Center(_photo, (int)(1.1 * shape[1]));
            for (int i = 0; i < shape[0]; i++)
                Assert.Equal(pixels[(i * shape[1] * shape[2] * 3)..((i + 1) * shape[1] * shape[2] * 3)],
                    Crops.TenCrop(centre, shape[1], i).Pixels);
        }
    }
}
