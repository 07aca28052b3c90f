using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Starling.Model.Files;

namespace Starling.Model.Tests.Files;

public sealed partial class FileSyncTests : IDisposable
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
    public void A_failure_to_close_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere .NET closes files and reports nothing");
        SafeFileHandle none = new(int.MaxValue, ownsHandle: true);
        Assert.Contains("cannot close it", Assert.Throws<IOException>(() => FileSync.Close(none, "it")).Message);
        Assert.True(none.IsClosed); // and nobody closes it again
    }

    [Fact]
    public void A_synced_file_is_read_from_the_disk_once_its_cache_is_dropped()
    {
        string path = Path.Combine(_folder.FullName, "file");
        byte[] bytes = [.. Enumerable.Range(0, 64 * Environment.SystemPageSize).Select(i => (byte)i)];
        using (SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, bytes, 0);
            FileSync.Sync(file);
        }
        Assert.SkipUnless(OperatingSystem.IsLinux() && new DriveInfo(path).DriveFormat is "ext4" or "ext3" or "xfs",
            "the file system of the temporary folder has no disk behind it, or is not known to drop its cache");
        Assert.NotEqual(0, PagesInMemory(path));
        FileSync.DropCache(path);
        Assert.Equal(0, PagesInMemory(path));
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void What_the_system_refuses_is_an_error()
    {
        // A descriptor that no process may have: fsync fails with EBADF, as it does with EIO on a broken disk.
        using SafeFileHandle none = new(int.MaxValue, ownsHandle: false);
        Assert.Contains("cannot sync", Assert.Throws<IOException>(() => FileSync.Sync(none)).Message);
    }

    /// <summary>Counts the pages of a file that the system keeps in memory.</summary>
    private static unsafe int PagesInMemory(string path)
    {
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            byte[] pages = new byte[new FileInfo(path).Length / Environment.SystemPageSize];
            Assert.Equal(0, MinCore(start, (nint)new FileInfo(path).Length, pages));
            return pages.Count(page => (page & 1) != 0);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    [LibraryImport("libc", EntryPoint = "mincore", SetLastError = true)]
    private static unsafe partial int MinCore(byte* start, nint length, byte[] pages);
}
