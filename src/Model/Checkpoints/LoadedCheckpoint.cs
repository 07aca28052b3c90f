using Starling.Model.Snapshots;

namespace Starling.Model.Checkpoints;

/// <summary>A checkpoint of which every byte that was read has been verified.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="State">The tensors; parts that were not asked for are empty.</param>
public sealed record LoadedCheckpoint(string Folder, CheckpointManifest Manifest, CheckpointSnapshot State);
