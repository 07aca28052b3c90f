using Starling.Data.Images;
using Starling.Data.Tests.Support;
using Starling.Tests;

namespace Starling.Data.Tests.Images;

/// <summary>
/// Compares pixels with Pillow's and torchvision's, exactly for the PNG. The golden file names the sizes.
/// </summary>
[Trait("Category", "Golden")]
public sealed class CropGoldenTests
{
    public static TheoryData<string> Sets => GoldenFolder.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_png_decodes_to_the_pixels_of_Pillow(string set)
    {
        RgbImage photo = Photo(set, "photo.png");
        (int[] shape, byte[] pixels) = Crop(set).Get("source");
        Assert.Equal([photo.Height, photo.Width, 3], shape);
        Assert.Equal(pixels, photo.Pixels);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_jpeg_decodes_to_the_same_size_and_nearly_the_same_pixels(string set)
    {
        RgbImage photo = Photo(set, "photo.png"), jpeg = Photo(set, "photo.jpg");
        Assert.Equal((photo.Width, photo.Height), (jpeg.Width, jpeg.Height));
        // The loss of a JPEG depends on quality and image. A wrong decoding differs by about the image's contrast.
        double mean = photo.Pixels.Average(p => (double)p), contrast = photo.Pixels.Average(p => Math.Abs(p - mean));
        Assert.InRange(jpeg.Pixels.Zip(photo.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, contrast / 4);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Centre_crops_equal_center_crop_arr_byte_for_byte(string set)
    {
        RgbImage photo = Photo(set, "photo.png");
        SafetensorsBytes golden = Crop(set);
        foreach (string name in golden.NamesUnder("center_"))
        {
            (int[] shape, byte[] pixels) = golden.Get(name);
            Assert.Equal(pixels, Crops.Center(photo, shape[0]).Pixels);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Ten_crops_equal_torchvision_in_order_and_bytes(string set)
    {
        RgbImage photo = Photo(set, "photo.png");
        SafetensorsBytes golden = Crop(set);
        foreach (string name in golden.NamesUnder("tencrop_"))
        {
            (int[] shape, byte[] pixels) = golden.Get(name);
            RgbImage centre = Crops.Center(photo, (int)(1.1 * shape[1]));
            Assert.Equal(pixels,
                Enumerable.Range(0, shape[0]).SelectMany(i => Crops.TenCrop(centre, shape[1], i).Pixels));
        }
    }

    private static SafetensorsBytes Crop(string set) =>
        new(GoldenFolder.PathOf(Path.Combine(set, "crops.safetensors")));

    private static RgbImage Photo(string set, string name) =>
        ImageDecoder.Default.Decode(File.ReadAllBytes(GoldenFolder.PathOf(Path.Combine(set, name))));
}
