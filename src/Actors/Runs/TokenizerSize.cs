using Starling.Actors.Configuration;
using Starling.Data;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Runs;

/// <summary>The sizes of a tokenizer that its transformer depends on.</summary>
/// <param name="Codes">Number of codes in the codebook.</param>
/// <param name="Downscale">Side of an image divided by the side of its grid of codes.</param>
internal sealed record TokenizerSize(int Codes, int Downscale)
{
    /// <summary>
    /// Reads the header of a tokenizer's file, without the weights, and checks the sizes that the configuration
    /// expects.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The file does not exist, is no tokenizer, or has other sizes than expected.
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
