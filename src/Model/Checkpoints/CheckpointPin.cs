namespace Starling.Model.Checkpoints;

/// <summary>
/// Who may delete a checkpoint: nobody while somebody reads it. The lock is the system's, on the manifest, so it holds
/// between the processes that share a run's folder, and ends with a process that is killed.
/// </summary>
internal static class CheckpointPin
{
    /// <summary>Holds a checkpoint for reading; null if it is gone, or on its way out.</summary>
    public static IDisposable? TryHold(string folder)
    {
        string manifest = ManifestOf(folder);
        FileStream? held = TryOpen(manifest, FileAccess.Read, FileShare.Read);
        // Opened just before it was moved away and deleted: what is held then is nothing any more.
        if (held is null || File.Exists(manifest)) return held;
        held.Dispose();
        return null;
    }

    /// <summary>The right to move a checkpoint away; null while it is held.</summary>
    public static Claim? TryClaim(string folder)
    {
        string manifest = ManifestOf(folder);
        // Windows refuses by itself to rename a folder in which a file is open, ours included. One without a manifest
        // is damaged, and nobody reads it.
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
