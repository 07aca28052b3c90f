using Starling.Model.Files;

namespace Starling.Model.Tests.Checkpoints;

/// <summary>
/// The real disk with one fault at the n-th operation: an error or a power cut. After a power cut every operation
/// fails, and <see cref="Lose"/> undoes everything that no sync had made safe, as a file system may.
/// </summary>
internal sealed class UnreliableDisk(int faultAt, UnreliableDisk.Fault fault) : IDurableFiles
{
    private readonly Dictionary<string, (long Written, long Safe)> _files = [];
    private readonly List<(string Parent, string? From, string To)> _unsafeNames = [];
    private bool _off;

    public enum Fault
    {
        PowerCut,
        Error,
    }

    [Flags]
    public enum Loss
    {
        None = 0,
        Data = 1,
        Names = 2,
        Both = Data | Names,
    }

    public int Operations { get; private set; }

    public void CreateFolder(string path)
    {
        Begin();
        if (Directory.Exists(path)) return;
        Directory.CreateDirectory(path);
        _unsafeNames.Add((Parent(path), null, path));
    }

    public IDurableFile CreateFile(string path)
    {
        Begin();
        IDurableFile file = DiskFiles.Instance.CreateFile(path);
        _files[path] = (0, 0);
        _unsafeNames.Add((Parent(path), null, path));
        return new File_(this, path, file);
    }

    public void SyncFolder(string path)
    {
        Begin();
        _unsafeNames.RemoveAll(n => n.Parent == path);
    }

    public void Rename(string from, string to)
    {
        Begin();
        Directory.Move(from, to);
        foreach (string file in _files.Keys.Where(f => f.StartsWith(from + "/", StringComparison.Ordinal)).ToArray())
        {
            _files[to + file[from.Length..]] = _files[file];
            _files.Remove(file);
        }
        for (int i = 0; i < _unsafeNames.Count; i++)
            if (_unsafeNames[i].Parent == from) _unsafeNames[i] = (to, null, to + _unsafeNames[i].To[from.Length..]);
        _unsafeNames.Add((Parent(to), from, to));
    }

    public void Replace(string from, string to)
    {
        Begin();
        DiskFiles.Instance.Replace(from, to);
    }

    public void DeleteFolder(string path)
    {
        // A power cut during the deletion leaves a half-deleted folder.
        Begin(() => File.Delete(Directory.GetFiles(path).FirstOrDefault() ?? path + "/none"));
        Directory.Delete(path, recursive: true);
    }

    /// <summary>
    /// Undoes what a power cut may undo: bytes of files that were not synced, and names (of new files and after
    /// renames) in folders that were not synced.
    /// </summary>
    public void Lose(Loss loss)
    {
        _off = true;
        if (loss.HasFlag(Loss.Data))
            foreach ((string path, (long _, long safe)) in _files.Where(f => File.Exists(f.Key)))
                using (FileStream file = new(path, FileMode.Open)) file.SetLength(safe);
        if (!loss.HasFlag(Loss.Names)) return;
        foreach ((string _, string? from, string to) in Enumerable.Reverse(_unsafeNames))
            if (from is not null && Directory.Exists(to)) Directory.Move(to, from);
            else if (File.Exists(to)) File.Delete(to);
            else if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
    }

    private static string Parent(string path) => Path.GetDirectoryName(path)!;

    private void Begin(Action? half = null)
    {
        if (_off) throw new PowerCutException();
        if (++Operations != faultAt) return;
        half?.Invoke();
        if (fault == Fault.Error) throw new IOException("No space left on device", 28);
        _off = true;
        throw new PowerCutException();
    }

    public sealed class PowerCutException : Exception;

    private sealed class File_(UnreliableDisk disk, string path, IDurableFile inner) : IDurableFile
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            byte[] half = bytes[..(bytes.Length / 2)].ToArray();
            disk.Begin(() => Append(half));
            Append(bytes);
        }

        public void SyncAndClose()
        {
            disk.Begin();
            disk._files[path] = (disk._files[path].Written, disk._files[path].Written);
        }

        public void Dispose() => inner.Dispose();

        private void Append(ReadOnlySpan<byte> bytes)
        {
            inner.Write(bytes);
            disk._files[path] = disk._files[path] with { Written = disk._files[path].Written + bytes.Length };
        }
    }
}
