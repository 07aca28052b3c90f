namespace Starling.Model.Checkpoints;

/// <summary>A checkpoint in a run's folder, judged by its manifest alone.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Manifest">Its manifest; null if it cannot be used.</param>
/// <param name="Problem">Why the manifest cannot be used; null if it can.</param>
public sealed record CheckpointEntry(long Step, string Folder, CheckpointManifest? Manifest, string? Problem);
