using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;

namespace Starling.Model.Evaluation;

/// <summary>What the evaluation of one checkpoint found, for one set of weights.</summary>
public sealed record EvaluationResult
{
    /// <summary>Training step of the checkpoint.</summary>
    public required long Step { get; init; }

    /// <summary>Which weights: <c>student</c> or <c>teacher</c>.</summary>
    public required string Weights { get; init; }

    /// <summary>The feature network of the Frechet distance; the distance means nothing without it.</summary>
    public required string FeatureNetwork { get; init; }

    /// <summary>Number of sampled images; distances of different counts are not comparable.</summary>
    public required int Samples { get; init; }

    /// <summary>
    /// Number of images of the data that the samples are compared with; 0 in results from before it was noted.
    /// </summary>
    [JsonPropertyName("referencePictures")] // the name in files that exist
    public long ReferenceImages { get; init; }

    /// <summary>Frechet distance between the samples and the data; null if no images were sampled.</summary>
    public double? FrechetDistance { get; init; }

    /// <summary>
    /// Mean next-token loss of held-out images, nats (<see cref="Evaluation.HeldOutLoss"/>); null if none are.
    /// </summary>
    public double? HeldOutLoss { get; init; }

    /// <summary>Linear probe accuracies along the sequence; empty if none was trained.</summary>
    public IReadOnlyList<ProbeAccuracy> Probe { get; init; } = [];

    /// <summary>The probe accuracy that useless features would reach (<see cref="ProbeSet.ChanceLevel"/>).</summary>
    public double ChanceLevel { get; init; }

    /// <summary>Wall time of the evaluation, seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationResult);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="StarlingException">Not such a line.</exception>
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
