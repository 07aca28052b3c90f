using Starling.Actors.Configuration;
using Starling.Data;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Runs;

/// <summary>What a transformer's size depends on of its tokenizer.</summary>
/// <param name="Codes">Number of codes.</param>
/// <param name="Downscale">Side of an image divided by the side of its grid of codes.</param>
internal sealed record TokenizerSize(int Codes, int Downscale)
{
    /// <summary>
    /// Reads a tokenizer's header, no weights, and holds it against what the configuration expects of it.
    /// </summary>
    /// <exception cref="StarlingException">
    /// There is no such file, it is no tokenizer, or it is another one than expected.
    /// </exception>
    public static TokenizerSize Read(TokenizerOptions options)
    {
        string file = AssetFiles.Tokenizer(options.Path);
        VqShape shape = VqMetadata.Read(SafetensorsFile.ReadHeader(file), file);
        string source = $"tokenizer.path = {options.Path}";
        Expectation.Check("tokenizer.expectedCodes", options.ExpectedCodes, shape.CodebookSize, source);
        Expectation.Check("tokenizer.expectedDownscale", options.ExpectedDownscale, shape.Downscale, source);
        return new TokenizerSize(shape.CodebookSize, shape.Downscale);
    }
}
