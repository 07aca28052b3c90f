using Starling.Data;

namespace Starling.Model.Transformer;

/// <summary>The sizes of LlamaGen's class-conditional transformers (arXiv 2406.06525, Table 1, and gpt.py).</summary>
public static class GptPresets
{
    private static readonly Dictionary<string, (int Dim, int Layers, int Heads)> Sizes =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["B"] = (768, 12, 12),
            ["L"] = (1024, 24, 16),
            ["XL"] = (1280, 36, 20),
            ["XXL"] = (1536, 48, 24),
            ["3B"] = (3200, 24, 32),
        };

    /// <summary>The presets' names, smallest first.</summary>
    public static IReadOnlyCollection<string> Names => Sizes.Keys;

    /// <summary>
    /// Gives the name of the preset with a shape's width, number of blocks and number of heads, or null.
    /// </summary>
    public static string? NameOf(GptShape shape) =>
        Sizes.FirstOrDefault(s => s.Value == (shape.Dim, shape.Layers, shape.Heads)).Key;

    /// <summary>
    /// Gives width, number of blocks and number of heads of a preset. Upper and lower case of its name are the same.
    /// </summary>
    /// <exception cref="StarlingException">There is no preset of this name.</exception>
    public static (int Dim, int Layers, int Heads) Size(string name) => Sizes.TryGetValue(name, out var size)
        ? size
        : throw new StarlingException(
            $"model.preset: there is no '{name}'; use one of {string.Join(", ", Names)}, or give model.dim, " +
            "model.layers and model.heads instead");
}
