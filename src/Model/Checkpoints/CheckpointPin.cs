namespace Starling.Model.Checkpoints;

/// <summary>
/// A lock that keeps a checkpoint from being deleted while somebody reads it. It is the system's lock on the manifest.
/// So it works between the processes that share a run's folder, and is released when a process is killed.
/// </summary>
internal static class CheckpointPin
{
    /// <summary>Locks a checkpoint for reading; null if it is gone or about to be moved away.</summary>
    public static IDisposable? TryHold(string folder)
    {
        string manifest = ManifestOf(folder);
        FileStream? held = TryOpen(manifest, FileAccess.Read, FileShare.Read);
        // If the checkpoint was moved away just after the file was opened, the lock holds nothing.
        if (held is null || File.Exists(manifest)) return held;
        held.Dispose();
        return null;
    }

    /// <summary>Takes the right to move a checkpoint away; null while somebody reads it.</summary>
    public static Claim? TryClaim(string folder)
    {
        string manifest = ManifestOf(folder);
        // No lock is taken on Windows, because it refuses to rename a folder in which a file is open, even by this
        // process; readers are safe there without it. A checkpoint without a manifest is damaged, and nobody reads it.
        if (OperatingSystem.IsWindows() || !File.Exists(manifest)) return new Claim(null);
        return TryOpen(manifest, FileAccess.ReadWrite, FileShare.None) is { } file ? new Claim(file) : null;
    }

    private static string ManifestOf(string folder) => Path.Combine(folder, CheckpointManifest.FileName);

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.Open, access, share);
        }
        catch (IOException)
        {
            // Unlike LockedFile, a pin treats every failure as "held": a checkpoint that cannot be opened is not moved.
            return null;
        }
    }

    /// <summary>The right to move a checkpoint away, until it is disposed.</summary>
    public sealed class Claim(FileStream? file) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => file?.Dispose();
    }
}
