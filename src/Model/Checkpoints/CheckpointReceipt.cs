namespace Starling.Model.Checkpoints;

/// <summary>A committed checkpoint, and how long writing it took.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Written">False if an equal checkpoint was there already and was left alone.</param>
/// <param name="WriteTime">Time of hashing, writing and syncing the files.</param>
/// <param name="VerifyTime">Time of reading the files back.</param>
/// <param name="CommitTime">Time of putting the folder in its place.</param>
public sealed record CheckpointReceipt(string Folder, CheckpointManifest Manifest, bool Written, TimeSpan WriteTime,
    TimeSpan VerifyTime, TimeSpan CommitTime);
