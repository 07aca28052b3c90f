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
    /// Number of codes that the file has; null to take it as it is. Catches another tokenizer before a run, and stands
    /// in for the file where a dry run does not find it, as <see cref="ExpectedDownscale"/> does.
    /// </summary>
    [Range(2, 1 << 20)]
    public int? ExpectedCodes { get; init; }

    /// <summary>Side of an image divided by the side of its grid of codes; null to take it as it is.</summary>
    [Range(1, 128)]
    public int? ExpectedDownscale { get; init; }
}
