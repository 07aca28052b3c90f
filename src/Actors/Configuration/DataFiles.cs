using Starling.Data;
using Starling.Data.Shards;

namespace Starling.Actors.Configuration;

/// <summary>Turns <c>data.files</c> into shards.</summary>
public static class DataFiles
{
    /// <summary>
    /// The shards in order: <c>embedded</c> stands for the program's own, a folder for its Parquet files, a pattern
    /// (<c>*</c> and <c>?</c> in the last part) for its matches; both sorted by name, so that every machine numbers the
    /// samples alike.
    /// </summary>
    /// <exception cref="StarlingException">A pattern matches nothing, or a folder holds no shard.</exception>
    public static IReadOnlyList<string> Resolve(IEnumerable<string> files) =>
        ShardFiles.Expand(files.SelectMany(Expand));

    private static IEnumerable<string> Expand(string file)
    {
        if (file == DataOptions.Embedded) return [EmbeddedData.Path];
        string pattern = Path.GetFileName(file);
        if (pattern.IndexOfAny(['*', '?']) < 0) return [file];

        string folder = Path.GetDirectoryName(file) is { Length: > 0 } parent ? parent : ".";
        string[] matches = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];
        Array.Sort(matches, StringComparer.Ordinal);
        return matches.Length > 0 ? matches : throw new StarlingException($"data.files: {file} matches no file");
    }
}
