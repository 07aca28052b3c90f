namespace Starling.Model.Checkpoints;

/// <summary>A checkpoint that is there, judged by its manifest alone.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Manifest">Its manifest; null when that cannot be used.</param>
/// <param name="Problem">Why the manifest cannot be used; null when it can.</param>
public sealed record CheckpointEntry(long Step, string Folder, CheckpointManifest? Manifest, string? Problem);
