namespace Starling.Data.Shards;

/// <summary>Turns what a configuration lists into shard files.</summary>
public static class ShardFiles
{
    /// <summary>
    /// Files stay as they are; a folder stands for its <c>*.parquet</c> files, in ordinal order of names.
    /// </summary>
    /// <exception cref="StarlingException">A folder without shards.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> paths)
    {
        List<string> files = [];
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                files.Add(path);
                continue;
            }
            string[] found = Directory.GetFiles(path, "*.parquet");
            if (found.Length == 0) throw new StarlingException($"{path}: the folder holds no *.parquet file");
            Array.Sort(found, StringComparer.Ordinal);
            files.AddRange(found);
        }
        return files;
    }
}
