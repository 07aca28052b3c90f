using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;

namespace Starling.Model.Evaluation;

/// <summary>What the evaluation of a checkpoint found for one set of weights.</summary>
public sealed record EvaluationResult
{
    /// <summary>Training step of the checkpoint.</summary>
    public required long Step { get; init; }

    /// <summary>The evaluated weights: <c>student</c> or <c>teacher</c>.</summary>
    public required string Weights { get; init; }

    /// <summary>
    /// The feature network of the Frechet distance. Distances on different networks cannot be compared.
    /// </summary>
    public required string FeatureNetwork { get; init; }

    /// <summary>Number of sampled images. Distances with different numbers cannot be compared.</summary>
    public required int Samples { get; init; }

    /// <summary>
    /// Number of images of the data that the samples are compared with; 0 in results of versions that did not write it.
    /// </summary>
    [JsonPropertyName("referencePictures")] // the name in files that exist
    public long ReferenceImages { get; init; }

    /// <summary>Frechet distance between the samples and the data; null if no images were sampled.</summary>
    public double? FrechetDistance { get; init; }

    /// <summary>
    /// Mean next-token loss of held-out images, in nats (<see cref="Evaluation.HeldOutLoss"/>); null without held-out
    /// images.
    /// </summary>
    public double? HeldOutLoss { get; init; }

    /// <summary>Linear probe accuracies along the sequence; empty if none was trained.</summary>
    public IReadOnlyList<ProbeAccuracy> Probe { get; init; } = [];

    /// <summary>The accuracy that a probe of useless features reaches (<see cref="ProbeSet.ChanceLevel"/>).</summary>
    public double ChanceLevel { get; init; }

    /// <summary>Duration of the evaluation in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Writes the result as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationResult);

    /// <summary>Reads a result that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="StarlingException">The text is no such result.</exception>
    public static EvaluationResult FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EvaluationJson.Default.EvaluationResult)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new StarlingException($"this is not an evaluation result: {e.Message}", e);
        }
    }
}
