namespace Starling.Model.Files;

/// <summary>
/// Every operation by which checkpoints change the disk, so that tests can fail or crash each one of them. All throw
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when the system refuses. Safe for any thread.
/// </summary>
public interface IDurableFiles
{
    /// <summary>Makes a folder, with those above it; nothing happens if it is there.</summary>
    void CreateFolder(string path);

    /// <summary>Makes a new file for writing.</summary>
    IDurableFile CreateFile(string path);

    /// <summary>Returns when the names in a folder (files made, folders renamed) would survive a power cut.</summary>
    void SyncFolder(string path);

    /// <summary>Renames a folder atomically; <paramref name="to"/> must not exist.</summary>
    void Rename(string from, string to);

    /// <summary>Renames a file atomically: who reads <paramref name="to"/> finds the old one or the new.</summary>
    void Replace(string from, string to);

    /// <summary>Deletes a folder and what is in it.</summary>
    void DeleteFolder(string path);
}
