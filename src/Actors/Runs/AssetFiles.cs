using Starling.Actors.Configuration;
using Starling.Data;

namespace Starling.Actors.Runs;

/// <summary>Finds the weight files that a configuration names, or that come with the program.</summary>
public static class AssetFiles
{
    /// <summary>
    /// Returns the path of the tokenizer's file: the configured one, or the shipped one for <c>embedded</c>.
    /// </summary>
    /// <exception cref="StarlingException">There is no such file.</exception>
    public static string Tokenizer(string configured) => Find(configured, "tokenizer", "tokenizer.path");

    /// <summary>
    /// Returns the path of the feature network's file: the configured one, or the shipped one for <c>embedded</c>.
    /// </summary>
    /// <exception cref="StarlingException">There is no such file.</exception>
    public static string FeatureNetwork(string configured) => Find(configured, "features", "evaluation.featureNetwork");

    private static string Find(string configured, string kind, string key)
    {
        if (configured != DataOptions.Embedded)
            return File.Exists(configured)
                ? configured
                : throw new StarlingException($"{key} = {configured}: there is no such file", scope: FaultScope.Node);

        string folder = Path.Combine(AppContext.BaseDirectory, "assets", kind);
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.safetensors") : [];
        return files is [var only]
            ? only
            : throw new StarlingException(
                $"{key} = embedded: {folder} holds {files.Length} safetensors files instead of one; name a file",
                scope: FaultScope.Node);
    }
}
