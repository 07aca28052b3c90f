using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;

namespace Starling.Model.Evaluation;

/// <summary>What a <see cref="ReferenceData"/> is a function of.</summary>
public sealed record ReferenceKey
{
    /// <summary>Changes when the way references are computed does: files of another form are not read.</summary>
    public int Form { get; init; } = 1;

    /// <summary>Fingerprint of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>Share of the samples that is held out.</summary>
    public required double HoldOut { get; init; }

    /// <summary>Side of the centre crop, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Most training images looked at; 0 for all.</summary>
    [JsonPropertyName("pictures")] // the name in files that exist
    public required int Images { get; init; }

    /// <summary>Most held-out images looked at, 0 for all; null if the run holds none out.</summary>
    [JsonPropertyName("heldOutPictures")] // the name in files that exist
    public required int? HeldOutImages { get; init; }

    /// <summary>SHA-256 of the feature network's file.</summary>
    public required string Network { get; init; }

    /// <summary>Fingerprint of the tokenizer.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Whether the tokenizer computes in bfloat16.</summary>
    public required bool BFloat16 { get; init; }

    /// <summary>Images of noise for the anchor.</summary>
    public required int NoiseSamples { get; init; }

    /// <summary>Seed of the noise.</summary>
    public required ulong Seed { get; init; }

    /// <summary>As one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.ReferenceKey);

    /// <summary>Short enough for a file's name.</summary>
    public string ShortHash() =>
        Sha256.HexOf(JsonSerializer.SerializeToUtf8Bytes(this, EvaluationJson.Default.ReferenceKey))[..16];
}
