using Starling.Model.Files;

namespace Starling.Model.Tests.Checkpoints;

/// <summary>
/// The real disk without its slow syncs. A test can have an action run before each file is made and before each folder
/// is synced, renamed or deleted.
/// </summary>
internal sealed class MeddlingDisk : IDurableFiles
{
    public Action<string> CreatingFile { get; init; } = _ => { };

    public Action<string> SyncingFolder { get; init; } = _ => { };

    public Action<string> Renaming { get; init; } = _ => { };

    public Action<string> Deleting { get; init; } = _ => { };

    public void CreateFolder(string path) => DiskFiles.Instance.CreateFolder(path);

    public IDurableFile CreateFile(string path)
    {
        CreatingFile(path);
        return new UnsyncedFile(DiskFiles.Instance.CreateFile(path));
    }

    public void SyncFolder(string path) => SyncingFolder(path);

    public void Rename(string from, string to)
    {
        Renaming(from);
        DiskFiles.Instance.Rename(from, to);
    }

    public void Replace(string from, string to)
    {
        Renaming(from);
        DiskFiles.Instance.Replace(from, to);
    }

    public void DeleteFolder(string path)
    {
        Deleting(path);
        DiskFiles.Instance.DeleteFolder(path);
    }

    private sealed class UnsyncedFile(IDurableFile inner) : IDurableFile
    {
        public void Write(ReadOnlySpan<byte> bytes) => inner.Write(bytes);

        public void SyncAndClose() => inner.Dispose();

        public void Dispose() => inner.Dispose();
    }
}
