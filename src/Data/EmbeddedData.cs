namespace Starling.Data;

/// <summary>
/// The data set that comes with the program: one shard with 3,372 Fluent emoji of 64x64 pixels in nine classes.
/// </summary>
public static class EmbeddedData
{
    private const string Shard = "assets/data/fluentemoji3d_64.parquet";

    /// <summary>Path of the shard, in the program's own folder.</summary>
    /// <exception cref="StarlingException">The file is missing.</exception>
    public static string Path
    {
        get
        {
            string path = System.IO.Path.Combine(AppContext.BaseDirectory, Shard);
            return File.Exists(path) ? path : throw new StarlingException(
                $"{path}: the embedded data set is missing; install the program again, or name other shards");
        }
    }
}
