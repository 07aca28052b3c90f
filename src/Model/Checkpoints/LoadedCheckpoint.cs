using Starling.Model.Snapshots;

namespace Starling.Model.Checkpoints;

/// <summary>A loaded checkpoint. Every byte that was read has been verified.</summary>
/// <param name="Folder">The checkpoint's folder.</param>
/// <param name="Manifest">The checkpoint's manifest.</param>
/// <param name="State">The tensors. Parts that were not asked for are empty.</param>
public sealed record LoadedCheckpoint(string Folder, CheckpointManifest Manifest, CheckpointSnapshot State);
