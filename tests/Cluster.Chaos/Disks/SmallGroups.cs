using Starling.Data;
using Starling.Data.Shards;

namespace Starling.Cluster.Chaos.Disks;

/// <summary>
/// Writes the embedded data set with row groups so small that a loader, whose memory holds about a megabyte of them,
/// reads its disk all the time.
/// </summary>
internal static class SmallGroups
{
    private const int Rows = 16;

    /// <summary>Keys of the configuration for a run from the shard.</summary>
    public static string[] Settings(string shard) =>
        [$"data.files={shard}", "data.windowRowGroups=1", "data.cacheBytes=1048576"];

    public static async Task WriteAsync(string shard)
    {
        ShardIndex index = ShardIndex.Open([EmbeddedData.Path]);
        await ShardWriter.WriteAsync(shard, Read(index), index.ClassNames, Rows);
    }

    private static IEnumerable<ShardRow> Read(ShardIndex index)
    {
        for (int id = 0; id < index.RowGroups.Count; id++)
        {
            RowGroupData group = index.Load(id);
            for (int row = 0; row < group.Info.Rows; row++)
                yield return new ShardRow(group.Image(row).ToArray(), group.Label(row));
        }
    }
}
