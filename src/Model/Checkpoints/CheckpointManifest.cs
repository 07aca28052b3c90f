using System.Text.Json;

namespace Starling.Model.Checkpoints;

/// <summary>
/// <c>manifest.json</c>: what a checkpoint is, and the hash of every file in it. The manifest protects itself too: its
/// last property is the SHA-256 of its own bytes (see <see cref="ManifestFile"/>).
/// </summary>
public sealed record CheckpointManifest
{
    /// <summary>Its file name.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Version of the format that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the checkpoint format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Number of optimizer steps applied.</summary>
    public required long Step { get; init; }

    /// <summary>The generation that applied the last of these steps.</summary>
    public required long Generation { get; init; }

    /// <summary>Identifier of the run.</summary>
    public required string RunId { get; init; }

    /// <summary>Time at which the checkpoint was written (UTC). It is not part of the state.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The <see cref="Snapshots.StateHash"/> of the state.</summary>
    public required string StateHash { get; init; }

    /// <summary>Hash of the settings that decide whether the weights fit the model.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Fingerprint of the data set.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Fingerprint of the tokenizer.</summary>
    public required string TokenizerFingerprint { get; init; }

    /// <summary>Losses and other figures that were known when the snapshot was taken.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>The whole configuration of the run, as resolved.</summary>
    public required JsonElement Configuration { get; init; }

    /// <summary>The tensor files.</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>SHA-256 of the manifest's own bytes, taken with zeros in place of these 64 digits.</summary>
    public string ManifestSha256 { get; init; } = ManifestFile.BlankSeal;

    /// <summary>Computes the total length of the tensor files in bytes.</summary>
    public long TotalBytes() => Files.Sum(f => f.Bytes);
}
