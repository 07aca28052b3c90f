using Starling.Model.Tokenizer;
using Starling.Model.Transformer;
using static System.FormattableString;

namespace Starling.Actors.Commands.Checkpoints;

/// <summary>Describes a network in one line, with LlamaGen's name for it if there is one.</summary>
internal static class NetworkText
{
    /// <summary>Describes a transformer.</summary>
    public static string Of(GptShape shape) =>
        $"{(GptPresets.NameOf(shape) is { } name ? $"LlamaGen {name}" : "a transformer of LlamaGen's form")}, " +
        Invariant($"width {shape.Dim}, {shape.Layers} layers, {shape.Heads} heads, {shape.Vocabulary} codes, ") +
        Invariant($"{shape.Classes} classes, {shape.Grid}x{shape.Grid} tokens, {shape.Layout.Count:N0} parameters");

    /// <summary>Describes a tokenizer.</summary>
    public static string Of(VqShape shape)
    {
        string name = shape.Equals(VqShape.Vq16) ? "LlamaGen VQ-16"
            : shape.Equals(VqShape.Vq8) ? "LlamaGen VQ-8" : "a tokenizer of LlamaGen's form";
        return Invariant($"{name}, a code for {shape.Downscale}x{shape.Downscale} pixels, ") +
            Invariant($"{shape.CodebookSize} codes of width {shape.CodebookDim}, ") +
            Invariant($"{shape.Layout().Count:N0} parameters");
    }
}
