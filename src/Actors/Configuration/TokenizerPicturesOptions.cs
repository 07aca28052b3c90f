using System.ComponentModel.DataAnnotations;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>data</c> of a tokenizer's training.</summary>
public sealed record TokenizerPicturesOptions : TrainingPicturesOptions
{
    /// <summary>Pictures of a step (LlamaGen: 128).</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 16;
}
