using System.ComponentModel.DataAnnotations;
using Starling.Model.Features;

namespace Starling.Actors.Commands.Assets;

/// <summary>The configuration of <c>starling features train</c>.</summary>
public sealed record FeatureRunOptions
{
    /// <summary>The safetensors file to write.</summary>
    [Required(ErrorMessage = "must name the file to write")]
    public string Output { get; init; } = "features.safetensors";

    /// <summary>The images to train on. The held-out images measure the classifier's accuracy.</summary>
    public TrainingImagesOptions Data { get; init; } = new();

    /// <summary>The network and its training.</summary>
    public ClassifierTrainingOptions Classifier { get; init; } = new();
}
