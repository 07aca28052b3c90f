using Starling.Data.Images;
using Starling.Data.Randomness;
using Starling.Data.Shards;

namespace Starling.Data.Tests.Support;

/// <summary>Makes small images and shards for tests.</summary>
internal static class TestImages
{
    public static readonly byte[] Undecodable = [.. "this is no image"u8];

    public static RgbImage Noise(int width, int height, long key)
    {
        RgbImage image = RgbImage.Blank(width, height);
        KeyedRandom random = KeyedRandom.For(1, RandomPurpose.Augmentation, key);
        for (int i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)random.Below(256);
        return image;
    }

    public static byte[] Png(int width, int height, long key) => PngWriter.Encode(Noise(width, height, key));

    /// <summary>Makes rows of 12x10 noise with labels 0..classes-1 in turn. The listed rows have no image.</summary>
    public static IEnumerable<ShardRow> Rows(int count, int classes = 4, long firstKey = 0, params int[] undecodable) =>
        Enumerable.Range(0, count).Select(row => new ShardRow(
            undecodable.Contains(row) ? Undecodable : Png(12, 10, firstKey + row), row % classes, $"{row}.png"));

    /// <summary>Writes shards of the given sizes and opens them.</summary>
    public static async Task<ShardIndex> ShardsAsync(
        TempFolder folder, int rowsPerGroup, int[] rowsPerShard, params int[] undecodableInFirst)
    {
        List<string> files = [];
        for (int shard = 0; shard < rowsPerShard.Length; shard++)
        {
            string file = folder.File($"shard-{shard}.parquet");
            await ShardWriter.WriteAsync(file,
                Rows(rowsPerShard[shard], 4, shard * 1000, shard == 0 ? undecodableInFirst : []),
                ["a", "b", "c", "d"], rowsPerGroup);
            files.Add(file);
        }
        return await ShardIndex.OpenAsync(files);
    }
}
