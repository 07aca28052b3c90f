using System.ComponentModel.DataAnnotations;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>tokenizer</c>: the frozen VQ model that turns images into codes.</summary>
public sealed record TokenizerOptions
{
    /// <summary>
    /// A safetensors file written by <c>starling tokenizer train</c> or <c>starling checkpoint import</c>, or
    /// <c>embedded</c> for the shipped one.
    /// </summary>
    [Required(ErrorMessage = "must be a file or \"embedded\"")]
    public string Path { get; init; } = DataOptions.Embedded;

    /// <summary>
    /// Number of codes that the file must have; null for any. A run with another tokenizer is refused. A dry run that
    /// does not find the file computes with this number and with <see cref="ExpectedDownscale"/>.
    /// </summary>
    [Range(2, 1 << 20)]
    public int? ExpectedCodes { get; init; }

    /// <summary>
    /// Side of an image divided by the side of its grid of codes, which the file must have; null for any.
    /// </summary>
    [Range(1, 128)]
    public int? ExpectedDownscale { get; init; }
}
