using Starling.Actors.Configuration;
using Starling.Data;
using Starling.Data.Shards;

namespace Starling.Actors.Runs;

/// <summary>Finds the shards that <c>data.files</c> names.</summary>
public static class DataFiles
{
    /// <summary>
    /// Opens a run's shards, and checks the numbers of images and classes that the configuration expects.
    /// </summary>
    /// <param name="data">Names the shards, and what is expected of them.</param>
    /// <param name="progress">Is told how many shards have been opened; null for nobody.</param>
    /// <exception cref="StarlingException">
    /// A shard is missing or damaged, or a number is not the expected one.
    /// </exception>
    public static ShardIndex Open(DataOptions data, IProgress<(int Opened, int Files)>? progress = null)
    {
        ShardIndex index = ShardIndex.Open(Resolve(data.Files), progress: progress);
        string files = $"data.files = {string.Join(", ", data.Files)}";
        Expectation.Check("data.expectedImages", data.ExpectedImages, index.TotalRows, files);
        Expectation.Check("data.expectedClasses", data.ExpectedClasses, index.ClassNames.Count, files);
        return index;
    }

    /// <summary>Returns whether at least one of the files, folders and patterns exists or has a match.</summary>
    public static bool AnyExists(IEnumerable<string> files) => files.Any(file =>
        file == DataOptions.Embedded ||
        (IsPattern(file) ? Matches(file).Length > 0 : File.Exists(file) || Directory.Exists(file)));

    /// <summary>
    /// Returns the paths of the shards in order. <c>embedded</c> stands for the program's own shard, a folder for its
    /// Parquet files, and a pattern (<c>*</c> and <c>?</c> in the last part of the path) for its matches. The files of
    /// a folder or pattern are sorted by name, so that every machine gives a sample the same number.
    /// </summary>
    /// <exception cref="StarlingException">A pattern matches nothing, or a folder holds no shard.</exception>
    public static IReadOnlyList<string> Resolve(IEnumerable<string> files) =>
        ShardFiles.Expand(files.SelectMany(Expand));

    private static IEnumerable<string> Expand(string file)
    {
        if (file == DataOptions.Embedded) return [EmbeddedData.Path];
        if (!IsPattern(file)) return [file];
        string[] matches = Matches(file);
        return matches.Length > 0 ? matches : throw new StarlingException($"data.files: {file} matches no file");
    }

    private static bool IsPattern(string file) => Path.GetFileName(file).IndexOfAny(['*', '?']) >= 0;

    private static string[] Matches(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern) is { Length: > 0 } parent ? parent : ".";
        try
        {
            string[] matches = Directory.GetFiles(folder, Path.GetFileName(pattern));
            Array.Sort(matches, StringComparer.Ordinal);
            return matches;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"data.files: {pattern} cannot be listed: {e.Message}", e, FaultScope.Node);
        }
    }
}
