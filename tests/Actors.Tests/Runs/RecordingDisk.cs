using Starling.Model.Files;

namespace Starling.Actors.Tests.Runs;

/// <summary>
/// The real disk, which writes down what is done to it and can fail from the n-th thing on, so many times.
/// </summary>
internal sealed class RecordingDisk(int faultAt = 0, int faults = 1) : IDurableFiles
{
    public List<string> Operations { get; } = [];

    public void CreateFolder(string path) => Do($"folder {Name(path)}", () => DiskFiles.Instance.CreateFolder(path));

    public IDurableFile CreateFile(string path)
    {
        IDurableFile? file = null;
        Do($"create {Name(path)}", () => file = DiskFiles.Instance.CreateFile(path));
        return new RecordedFile(this, file!);
    }

    public void SyncFolder(string path) => Do("sync folder", () => DiskFiles.Instance.SyncFolder(path));

    public void Rename(string from, string to) =>
        Do($"rename {Name(from)} {Name(to)}", () => DiskFiles.Instance.Rename(from, to));

    public void Replace(string from, string to) =>
        Do($"replace {Name(to)} by {Name(from)}", () => DiskFiles.Instance.Replace(from, to));

    public void DeleteFolder(string path) => Do($"delete {Name(path)}", () => DiskFiles.Instance.DeleteFolder(path));

    private static string Name(string path) => Path.GetFileName(path);

    private void Do(string operation, Action work)
    {
        Operations.Add(operation);
        if (faultAt > 0 && Operations.Count >= faultAt && Operations.Count - faultAt < faults)
            throw new IOException("No space left on device", 28);
        work();
    }

    private sealed class RecordedFile(RecordingDisk disk, IDurableFile inner) : IDurableFile
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            byte[] all = bytes.ToArray();
            disk.Do("write", () => inner.Write(all));
        }

        public void SyncAndClose() => disk.Do("sync", inner.SyncAndClose);

        public void Dispose() => inner.Dispose();
    }
}
