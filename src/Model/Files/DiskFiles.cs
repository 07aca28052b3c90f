using Microsoft.Win32.SafeHandles;

namespace Starling.Model.Files;

/// <summary>The operations on the real disk.</summary>
public sealed class DiskFiles : IDurableFiles
{
    private DiskFiles()
    {
    }

    /// <summary>The only instance; the class has no state.</summary>
    public static DiskFiles Instance { get; } = new();

    /// <inheritdoc/>
    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public IDurableFile CreateFile(string path) => new DiskFile(path);

    /// <inheritdoc/>
    public void SyncFolder(string path) => FolderSync.Sync(path);

    /// <inheritdoc/>
    public void Rename(string from, string to) => Directory.Move(from, to);

    /// <inheritdoc/>
    public void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    private sealed class DiskFile(string path) : IDurableFile
    {
        private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        private long _at;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(_file, bytes, _at);
            _at += bytes.Length;
        }

        public void SyncAndClose()
        {
            FileSync.Sync(_file, path);
            FileSync.Close(_file, path);
        }

        public void Dispose() => _file.Dispose();
    }
}
