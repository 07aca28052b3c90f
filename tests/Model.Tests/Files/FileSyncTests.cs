using Microsoft.Win32.SafeHandles;
using Starling.Model.Files;

namespace Starling.Model.Tests.Files;

public sealed class FileSyncTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("starling-sync-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_synced()
    {
        using SafeFileHandle file = File.OpenHandle(
            Path.Combine(_folder.FullName, "file"), FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, [1], 0);
        FileSync.Sync(file);
    }

    [Fact]
    public void What_the_system_refuses_is_an_error()
    {
        // A descriptor that no process may have: fsync fails with EBADF, as it does with EIO on a broken disk.
        using SafeFileHandle none = new(int.MaxValue, ownsHandle: false);
        Assert.Contains("cannot sync", Assert.Throws<IOException>(() => FileSync.Sync(none)).Message);
    }
}
