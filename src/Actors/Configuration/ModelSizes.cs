using Starling.Data;
using Starling.Model.Transformer;

namespace Starling.Actors.Configuration;

/// <summary>Checks a network's sizes before the tokenizer and the data are known.</summary>
internal static class ModelSizes
{
    /// <summary>
    /// Returns the number of blocks that the configuration or its preset gives, or null if neither gives one.
    /// </summary>
    public static int? Layers(ModelOptions model) => model.Layers ?? Preset(model)?.Layers;

    /// <summary>Returns the mistake in the sizes, or null if there is none.</summary>
    public static string? Problem(ModelOptions model)
    {
        try
        {
            // The sizes of tokenizer and data set are arbitrary; these fit every network.
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
