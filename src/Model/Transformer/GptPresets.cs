using Starling.Data;

namespace Starling.Model.Transformer;

/// <summary>The class-conditional sizes of LlamaGen (arXiv 2406.06525, Table 1 and its gpt.py).</summary>
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

    /// <summary>The preset of this width, number of blocks and heads, or null.</summary>
    public static string? NameOf(GptShape shape) =>
        Sizes.FirstOrDefault(s => s.Value == (shape.Dim, shape.Layers, shape.Heads)).Key;

    /// <summary>Width, blocks and heads of a preset; the case of its name does not matter.</summary>
    /// <exception cref="StarlingException">There is no preset of this name.</exception>
    public static (int Dim, int Layers, int Heads) Size(string name) => Sizes.TryGetValue(name, out var size)
        ? size
        : throw new StarlingException(
            $"model.preset: there is no '{name}'; use one of {string.Join(", ", Names)}, or give model.dim, " +
            "model.layers and model.heads instead");
}
