using Starling.Data.Images;
using Starling.Data.Shards;

namespace Starling.Data.Batches;

/// <summary>Decodes the pictures of a row group, and gives up on one in the way all callers expect.</summary>
internal static class PictureSource
{
    /// <summary>Decodes one row and hands it to <paramref name="use"/>.</summary>
    /// <returns>Null, or why the picture cannot be used.</returns>
    public static BadPicture? Use(RowGroupData group, int row, IImageDecoder decoder, Action<RgbImage> use)
    {
        SampleLocation at = new(group.Info, row);
        ReadOnlyMemory<byte> file = group.Picture(row);
        if (file.IsEmpty) return BadPicture.At(at, "the row has no picture bytes");
        try
        {
            use(decoder.Decode(file.Span));
            return null;
        }
        catch (ImageDecodeException e)
        {
            return BadPicture.At(at, e.Message);
        }
    }
}
