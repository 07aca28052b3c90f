using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Commands.Assets;

/// <summary>The configuration of <c>starling tokenizer train</c>.</summary>
public sealed record TokenizerRunOptions
{
    /// <summary>The safetensors file to write.</summary>
    [Required(ErrorMessage = "must name the file to write")]
    public string Output { get; init; } = "tokenizer.safetensors";

    /// <summary>The images to train on.</summary>
    public TrainingImagesOptions Data { get; init; } = new();

    /// <summary>The network and its training.</summary>
    public TokenizerTrainingOptions Tokenizer { get; init; } = new();

    /// <summary>
    /// Weights of the perceptual term: VGG16 with LPIPS' heads, or a classifier of <c>starling features train</c>.
    /// Null for none.
    /// </summary>
    public string? PerceptualNetwork { get; init; }

    internal static IReadOnlyList<CrossFieldRule<TokenizerRunOptions>> Rules { get; } =
    [
        new(["data.imageSize", "tokenizer"], o => o.Data.ImageSize % o.Tokenizer.Shape.Downscale == 0
            ? null
            : $"must be a multiple of {o.Tokenizer.Shape.Downscale}, the tokenizer's downscale"),
    ];
}
