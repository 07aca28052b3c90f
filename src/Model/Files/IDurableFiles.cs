namespace Starling.Model.Files;

/// <summary>
/// The operations by which checkpoints and the ledger change the disk. Tests replace them, to let each one fail or to
/// cut the power at it. All throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> if the system
/// refuses. Safe for any thread.
/// </summary>
public interface IDurableFiles
{
    /// <summary>Makes a folder and the folders above it. Does nothing if it exists.</summary>
    void CreateFolder(string path);

    /// <summary>Makes a new file for writing.</summary>
    IDurableFile CreateFile(string path);

    /// <summary>
    /// Returns when the names in a folder (of new files and renamed folders) would survive a power cut.
    /// </summary>
    void SyncFolder(string path);

    /// <summary>Renames a folder atomically. <paramref name="to"/> must not exist.</summary>
    void Rename(string from, string to);

    /// <summary>
    /// Renames a file atomically over <paramref name="to"/>: a reader of that path finds the old file or the new one.
    /// </summary>
    void Replace(string from, string to);

    /// <summary>Deletes a folder and its contents.</summary>
    void DeleteFolder(string path);
}
