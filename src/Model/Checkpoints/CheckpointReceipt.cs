namespace Starling.Model.Checkpoints;

/// <summary>A committed checkpoint and what it cost.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Written">False when an equal one was there already and was left alone.</param>
/// <param name="WriteTime">Hashing, writing and syncing the files.</param>
/// <param name="VerifyTime">Reading everything back.</param>
/// <param name="CommitTime">Putting the folder in its place.</param>
public sealed record CheckpointReceipt(string Folder, CheckpointManifest Manifest, bool Written, TimeSpan WriteTime,
    TimeSpan VerifyTime, TimeSpan CommitTime);
