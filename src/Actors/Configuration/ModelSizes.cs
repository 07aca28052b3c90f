using Starling.Data;
using Starling.Model.Transformer;

namespace Starling.Actors.Configuration;

/// <summary>What can be said about a network's size before the tokenizer and the data are known.</summary>
internal static class ModelSizes
{
    /// <summary>The number of blocks, given or by the preset; null where neither is right.</summary>
    public static int? Layers(ModelOptions model) => model.Layers ?? Preset(model)?.Layers;

    /// <summary>What is wrong with the sizes, or null.</summary>
    public static string? Problem(ModelOptions model)
    {
        try
        {
            // Any tokenizer and data set that fit will do.
            GptShape.From(model, vocabulary: 2, tokens: 4, classes: 1);
            return null;
        }
        catch (StarlingException e)
        {
            return e.Message;
        }
    }

    private static (int Dim, int Layers, int Heads)? Preset(ModelOptions model) =>
        GptPresets.Names.Contains(model.Preset ?? "", StringComparer.OrdinalIgnoreCase)
            ? GptPresets.Size(model.Preset!)
            : null;
}
