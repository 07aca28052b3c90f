using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;

namespace Starling.Model.Evaluation;

/// <summary>Everything that a <see cref="ReferenceData"/> depends on.</summary>
public sealed record ReferenceKey
{
    /// <summary>Version of the way in which references are computed. Files of another version are not read.</summary>
    public int Form { get; init; } = 1;

    /// <summary>Fingerprint of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>Fraction of the data set that is held out.</summary>
    public required double HoldOut { get; init; }

    /// <summary>Side of the center crop, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Most training images that are used; 0 for all.</summary>
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

    /// <summary>Number of images of noise for the anchor.</summary>
    public required int NoiseSamples { get; init; }

    /// <summary>Seed of the noise.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Writes the key as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.ReferenceKey);

    /// <summary>Computes a hash of the key that is short enough for a file's name.</summary>
    public string ShortHash() =>
        Sha256.HexOf(JsonSerializer.SerializeToUtf8Bytes(this, EvaluationJson.Default.ReferenceKey))[..16];
}
