namespace Starling.Data.Shards;

/// <summary>Finds the shard files that a configuration means.</summary>
public static class ShardFiles
{
    /// <summary>
    /// Replaces each folder in a list of paths by its <c>*.parquet</c> files, in ordinal order of names. Files stay as
    /// they are.
    /// </summary>
    /// <exception cref="StarlingException">A folder has no shards.</exception>
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
