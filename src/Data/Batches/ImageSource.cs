using Starling.Data.Images;
using Starling.Data.Shards;

namespace Starling.Data.Batches;

/// <summary>Decodes the images of a row group, and describes those that cannot be used.</summary>
internal static class ImageSource
{
    /// <summary>Decodes the image of one row and hands it to <paramref name="use"/>.</summary>
    /// <returns>Null if the image was used, else why it cannot be.</returns>
    public static BadImage? TryDecode(RowGroupData group, int row, IImageDecoder decoder, Action<RgbImage> use)
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
