using Starling.Actors.Configuration;
using Starling.Data;
using Starling.Model.Transformer;

namespace Starling.Actors.Runs;

/// <summary>Derives the transformer's sizes from a configuration, without loading weights.</summary>
internal static class TransformerShapes
{
    /// <summary>Returns the shape of the transformer that a configuration trains.</summary>
    /// <param name="options">The configuration. The header of its tokenizer's file is read.</param>
    /// <param name="classes">Number of classes of the data set.</param>
    /// <exception cref="StarlingException">
    /// The tokenizer is not the expected one, the image's size does not fit it, or a size does not fit another.
    /// </exception>
    public static GptShape Transformer(StarlingOptions options, int classes) =>
        Transformer(options, classes, TokenizerSize.Read(options.Tokenizer));

    /// <summary>Returns the shape of the transformer for a tokenizer of known size.</summary>
    /// <exception cref="StarlingException">
    /// The image's size does not fit the tokenizer, or a size does not fit another.
    /// </exception>
    public static GptShape Transformer(StarlingOptions options, int classes, TokenizerSize tokenizer)
    {
        int size = options.Data.ImageSize;
        if (size % tokenizer.Downscale != 0)
            throw new StarlingException(
                $"data.imageSize = {size}: must be a multiple of {tokenizer.Downscale}, the tokenizer's downscale");
        int grid = size / tokenizer.Downscale;
        var shape = GptShape.From(options.Model, tokenizer.Codes, grid * grid, classes);
        if (options.SelfGuided.ContrastSteps > shape.Tokens)
            throw new StarlingException(
                $"selfGuided.contrastSteps = {options.SelfGuided.ContrastSteps}: " +
                $"must not exceed the {shape.Tokens} tokens of an image");
        return shape;
    }
}
