using System.ComponentModel.DataAnnotations;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>tokenizer</c>: the frozen VQ model that turns pictures into codes.</summary>
public sealed record TokenizerOptions
{
    /// <summary>
    /// A safetensors file written by <c>starling tokenizer train</c> or <c>starling checkpoint import</c>, or
    /// <c>embedded</c> for the shipped one.
    /// </summary>
    [Required(ErrorMessage = "must be a file or \"embedded\"")]
    public string Path { get; init; } = DataOptions.Embedded;
}
