using Starling.Model.Files;

namespace Starling.Actors.Tests.Support;

/// <summary>The real disk, until a test has it refuse new files.</summary>
internal sealed class RefusingDisk : IDurableFiles
{
    /// <summary>Thrown instead of making a file; null to work as usual.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>How many files it has refused to make.</summary>
    public int Refused { get; private set; }

    /// <summary>What Linux says when there is no room.</summary>
    public static IOException Full => new("No space left on device", hresult: 28);

    public void CreateFolder(string path) => DiskFiles.Instance.CreateFolder(path);

    public IDurableFile CreateFile(string path)
    {
        if (Refusal is not { } refusal) return DiskFiles.Instance.CreateFile(path);
        Refused++;
        throw refusal;
    }

    public void SyncFolder(string path) => DiskFiles.Instance.SyncFolder(path);

    public void Rename(string from, string to) => DiskFiles.Instance.Rename(from, to);

    public void Replace(string from, string to) => DiskFiles.Instance.Replace(from, to);

    public void DeleteFolder(string path) => DiskFiles.Instance.DeleteFolder(path);
}
