using System.Buffers.Binary;
using System.Security.Cryptography;
using SkiaSharp;
using Starling.Data.Images;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;
using Starling.Tests;

namespace Starling.Data.Tests.Images;

public sealed class ImageDecoderTests
{
    // The tests have their own copy of the file, because the hashes and offsets below belong to it.
    private static readonly byte[] Photo = File.ReadAllBytes(Path.Combine(GoldenFolder.Own, "photo.jpg"));

    /// <summary>Files written by Pillow 9.4, and hashes of its <c>convert("RGB")</c>.</summary>
    [Theory]
    [InlineData("png rgba",
        "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAYAAACJmvbYAAAAnElEQVR4nAGRAG7/AAAlSgCfxOkRPmOIgN0CJ/98oc"
        + "YAG0BlEbrfBIAAWX6j//gdQgCXvOERNluAgNX6H/90mb4AEzhdEQCy1/yAUXab//AVOgCPtNkRLlN4gM3yF/9skbYA"
        + "AAswVRGqz/SASW6T/+gNMgCHrNERJktwgMXqD/8AZImuAAMoTRGix+yAQWaL/+AFKgB/pMkRHkNogBSCP+YD2/i+AA"
        + "AAAElFTkSuQmCC", "ccceb8a8cedca26bebf7b7623602c942")]
    [InlineData("png grey and alpha",
        "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAQAAAAjkz5TAAAANklEQVR4nGNkkLVCAgzTNl94y6Xuklg3e8fVT/yMOp"
        + "4osofu/5E0Cy7oXXX8CaOcNWNEKbIsAH+GF/kd3kLDAAAAAElFTkSuQmCC", "effc681bef474ef37ded61194ddfab26")]
    [InlineData("png grey",
        "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAAAAACs8akEAAAAKUlEQVR4nCXJMREAMAwDseTONJ5B+JMwkYfRoVq1Aw"
        + "ApqKYWNFULe/8fMaUPTButvJYAAAAASUVORK5CYII=", "65dd5555259f777d4ca737547d92e1c5")]
    [InlineData("png palette with a transparent entry",
        "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFBAMAAAB7tOvrAAAAElBMVEX/AAAA/wAAAP8KFB7IZDL///8+M/n2AAAAA3"
        + "RSTlP//wDXyg1BAAAAIUlEQVR4nGNgVHZlYBAyCRBgUHZlVGAwCRAyYHBlVHYAACL4AwgvRnzTAAAAAElFTkSuQmCC",
        "c1d86d72a3f60de7788649f53ca9353c")]
    [InlineData("bmp",
        "Qk2uAAAAAAAAADYAAAAoAAAABwAAAAUAAAABABgAAAAAAHgAAADEDgAAxA4AAAAAAAAAAAAAVTALz6p6SRn0uJNuMg"
        + "3orIdXJvbRAAAAFfDAj186/tm0eFMu8s2dbDwX27aRAAAA1aWARB/6vpl0OBPjsoJdIfzXm3ZRAAAAimVABN+6flkp"
        + "+MijZ0Id4byXWzYGAAAASiUAxJ9vPg7prYhjJwLdoXxMG+vGAAAA", "d5b4318673089faa6e326dfd439a1860")]
    [InlineData("gif",
        "R0lGODdhBwAFAIIAAP8AAAD/AAAA/woUHshkMv///wAAAAAAACwAAAAABwAFAAAIFwABBBAwgEABgQQNIix4cCDDhQ"
        + "odEggIADs=", "c1d86d72a3f60de7788649f53ca9353c")]
    [InlineData("jpeg grey",
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHB"
        + "YWICwgIyYnKSopGR8tMC0oMCUoKSj/wAALCAARABgBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABwYI/8QAJxAAAAQE"
        + "BQQDAAAAAAAAAAAAAAECBgURIjIDBAcSIQgWI0JGhMT/2gAIAQEAAD8AFmtDbKQwNaG2Uhga0NspGdGtDbKQwNaG2U"
        + "ig1Mc3YGnGeiuAe2JY0snkOJ+dZHJXKVFSklLkopHs2z5IDrW9AwNb0Bp1f/Bvu/nH/9k=", "1f630148363e55d0ffe3f1a19f68806a")]
    public void Pixels_equal_those_of_Pillow(string what, string base64, string sha256)
    {
        RgbImage image = ImageDecoder.Default.Decode(Convert.FromBase64String(base64));
        Assert.True(sha256 == Convert.ToHexStringLower(SHA256.HashData(image.Pixels))[..32], what);
    }

    [Fact]
    public void A_jpeg_decodes_to_the_pixels_of_Pillow()
    {
        foreach (IImageDecoder decoder in (IImageDecoder[])[ImageDecoder.Default, new SkiaDecoder()])
            Assert.Equal("60c48e3d9d562368137ba7bb8dc85096",
                Convert.ToHexStringLower(SHA256.HashData(decoder.Decode(Photo).Pixels))[..32]);
    }

    [Fact]
    public void Pixels_do_not_depend_on_whether_libturbojpeg_is_there_even_for_cut_off_files()
    {
        Assert.SkipWhen(TurboJpegDecoder.TryCreate() is null, "libturbojpeg is not installed");
        SkiaDecoder skia = new();
        RowGroupData embedded = ShardIndex.Open([EmbeddedData.Path]).Load(0);
        byte[][] files = [Photo, .. Enumerable.Range(0, 300).Select(row => embedded.Image(row).ToArray())];
        foreach (byte[] file in files)
            foreach (int length in (int[])[file.Length, file.Length - 2, file.Length * 3 / 4])
                Assert.Equal(skia.Decode(file.AsSpan(0, length)).Pixels,
                    ImageDecoder.Default.Decode(file.AsSpan(0, length)).Pixels);
    }

    [Fact]
    public void A_cut_off_jpeg_keeps_the_part_that_is_there()
    {
        RgbImage whole = ImageDecoder.Default.Decode(Photo);
        foreach (IImageDecoder decoder in (IImageDecoder[])[ImageDecoder.Default, new SkiaDecoder()])
        {
            RgbImage part = decoder.Decode(Photo.AsSpan(0, Photo.Length / 2));
            Assert.Equal((whole.Width, whole.Height), (part.Width, part.Height));
            int top = whole.Width * 3 * 32;
            Assert.Equal(whole.Pixels[..top], part.Pixels[..top]);
            Assert.NotEqual(whole.Pixels, part.Pixels);
        }
    }

    /// <summary>A CMYK file of Pillow 9.4 with one color. TurboJpegDecoder leaves such files to Skia.</summary>
    [Fact]
    public void A_cmyk_jpeg_becomes_rgb()
    {
        RgbImage image = ImageDecoder.Default.Decode(Convert.FromBase64String(
            "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCx"
            + "AWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAAJCP/E"
            + "ABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMATQBZAEsAAD8AqmnYx4o6AAAA/9k="));
        // Pillow gives (235, 23, 51). Skia rounds the products of ink and black in another way.
        byte[] expected = [235, 23, 51];
        for (int i = 0; i < image.Pixels.Length; i++) Assert.InRange(image.Pixels[i] - expected[i % 3], -2, 2);
    }

    [Fact]
    public void A_rotated_jpeg_is_not_turned()
    {
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        byte[] turned = [.. Photo[..2], .. exif, .. Photo[2..]];
        using (SKCodec codec = SKCodec.Create(SKData.CreateCopy(turned)))
            Assert.Equal(SKEncodedOrigin.RightTop, codec.EncodedOrigin);
        Assert.Equal(ImageDecoder.Default.Decode(Photo).Pixels, ImageDecoder.Default.Decode(turned).Pixels);
        Assert.Equal(ImageDecoder.Default.Decode(Photo).Pixels, new SkiaDecoder().Decode(turned).Pixels);
    }

    [Fact]
    public void What_is_no_image_or_is_damaged_is_refused()
    {
        byte[] png = TestImages.Png(20, 20, 1);
        foreach (byte[] file in (byte[][])[[], TestImages.Undecodable, png[..(png.Length / 2)], Photo[..20]])
            Assert.Throws<ImageDecodeException>(() => ImageDecoder.Default.Decode(file));
    }

    [Fact]
    public void A_huge_image_is_refused_by_its_header()
    {
        byte[] png = TestImages.Png(4, 4, 1);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 30_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 20_000);
        uint crc = Crc32(png.AsSpan(12, 17));
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), crc);
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => ImageDecoder.Default.Decode(png));
        Assert.Contains("30000x20000", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_a_png_and_reading_it_back_changes_nothing()
    {
        using TempFolder folder = new();
        RgbImage image = TestImages.Noise(13, 7, 3);
        string path = Path.Combine(folder.Path, "new", "image.png");
        PngWriter.Write(path, image);
        Assert.Equal(image.Pixels, ImageDecoder.Default.Decode(File.ReadAllBytes(path)).Pixels);
        StarlingException e =
            Assert.Throws<StarlingException>(() => PngWriter.Write(Path.Combine(path, "below.png"), image));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
