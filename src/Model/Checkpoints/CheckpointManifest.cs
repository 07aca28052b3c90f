using System.Text.Json;

namespace Starling.Model.Checkpoints;

/// <summary>
/// <c>manifest.json</c>: what a checkpoint is and the hash of every file in it. It vouches for itself too: its last
/// property is the SHA-256 of its own bytes (see <see cref="ManifestFile"/>).
/// </summary>
public sealed record CheckpointManifest
{
    /// <summary>Its file name.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The format this program writes, and the newest it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the checkpoint format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Number of optimizer steps applied.</summary>
    public required long Step { get; init; }

    /// <summary>The membership generation that applied the last of them.</summary>
    public required long Generation { get; init; }

    /// <summary>Identifier of the run.</summary>
    public required string RunId { get; init; }

    /// <summary>When it was written (UTC). Not part of the state.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary><see cref="StateHash"/> of the state.</summary>
    public required string StateHash { get; init; }

    /// <summary>Hash of the settings that decide whether the weights fit.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Fingerprint of the data set.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Fingerprint of the tokenizer.</summary>
    public required string TokenizerFingerprint { get; init; }

    /// <summary>Losses and other figures known when the state was taken.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>The whole resolved configuration.</summary>
    public required JsonElement Configuration { get; init; }

    /// <summary>The tensor files.</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>SHA-256 of the manifest's own bytes with these 64 digits as zeros.</summary>
    public string ManifestSha256 { get; init; } = ManifestFile.BlankSeal;

    /// <summary>Length of the tensor files in all.</summary>
    public long TotalBytes() => Files.Sum(f => f.Bytes);
}
