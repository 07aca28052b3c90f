using Starling.Model.Transformer;

namespace Starling.Actors.Configuration;

/// <summary>What can be said about a network's size before the tokenizer and the data are known.</summary>
internal static class ModelSizes
{
    /// <summary>The number of blocks, or null if only a preset gives it.</summary>
    public static int? Layers(ModelOptions model) => model.Layers;

    /// <summary>What is wrong with the sizes, or null.</summary>
    public static string? Problem(ModelOptions model)
    {
        if (model.Preset is null && (model.Dim, model.Layers, model.Heads) is not ({ }, { }, { }))
            return "give model.dim, model.layers and model.heads, or model.preset";
        if ((model.Dim, model.Heads) is ({ } dim, { } heads) && (dim % heads != 0 || dim / heads % 4 != 0))
            return $"must divide model.dim ({dim}) into head widths that are multiples of 4";
        return null;
    }
}
