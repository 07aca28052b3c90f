using Starling.Data.Images;
using Starling.Data.Shards;

namespace Starling.Data.Batches;

/// <summary>Decodes the images of a row group, and gives up on one in the way all callers expect.</summary>
internal static class ImageSource
{
    /// <summary>Decodes one row and hands it to <paramref name="use"/>.</summary>
    /// <returns>Null, or why the image cannot be used.</returns>
    public static BadImage? Use(RowGroupData group, int row, IImageDecoder decoder, Action<RgbImage> use)
    {
        SampleLocation at = new(group.Info, row);
        ReadOnlyMemory<byte> file = group.Image(row);
        if (file.IsEmpty) return BadImage.At(at, "the row has no image bytes");
        try
        {
            use(decoder.Decode(file.Span));
            return null;
        }
        catch (ImageDecodeException e)
        {
            return BadImage.At(at, e.Message);
        }
    }
}
