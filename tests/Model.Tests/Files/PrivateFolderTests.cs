using System.Diagnostics;
using System.Runtime.Versioning;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Model.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class PrivateFolderTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _root = Directory.CreateTempSubdirectory("starling-private-").FullName;

    public PrivateFolderTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such modes");

    private string Folder => Path.Combine(_root, "own");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_folder_is_closed_to_others_and_one_that_was_open_to_them_is_closed()
    {
        PrivateFolder.Make(Folder);
        Assert.Equal(Own, File.GetUnixFileMode(Folder));
        File.SetUnixFileMode(Folder, Own | UnixFileMode.GroupRead | UnixFileMode.OtherExecute);
        Refused("can be opened by others (mode 741)");
        PrivateFolder.Make(Folder);
        Assert.Equal(Own, File.GetUnixFileMode(Folder));
        PrivateFolder.Check(Folder);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        PrivateFolder.Make(Path.Combine(_root, "another"));
        Directory.CreateSymbolicLink(Folder, Path.Combine(_root, "another"));
        Refused("is a link");
        Assert.Throws<StarlingException>(() => PrivateFolder.Make(Folder));
    }

    [Fact]
    public void The_folder_of_another_user_is_refused()
    {
        // What this user cannot own: as root the test takes a folder of nobody's, else the system's.
        string other = Environment.IsPrivilegedProcess ? Folder : "/etc";
        if (Environment.IsPrivilegedProcess)
        {
            PrivateFolder.Make(Folder);
            using Process chown = Process.Start("chown", ["65534", Folder]);
            chown.WaitForExit();
        }
        Assert.Contains("belongs to another user",
            Assert.Throws<StarlingException>(() => PrivateFolder.Check(other)).Message);
    }

    [Fact]
    public void A_new_file_is_for_its_owner_and_never_written_through_a_link()
    {
        string file = Path.Combine(_root, "file"), link = Path.Combine(_root, "link");
        PrivateFolder.WriteNew(file, "mine");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.CreateSymbolicLink(link, file);
        Assert.ThrowsAny<IOException>(() => PrivateFolder.WriteNew(link, "another's"));
        File.CreateSymbolicLink(link + "2", Path.Combine(_root, "nothing yet"));
        Assert.ThrowsAny<IOException>(() => PrivateFolder.WriteNew(link + "2", "another's"));
        Assert.Equal("mine", File.ReadAllText(file));
        Assert.False(File.Exists(Path.Combine(_root, "nothing yet")));
    }

    private void Refused(string problem) => Assert.Contains(
        problem, Assert.Throws<StarlingException>(() => PrivateFolder.Check(Folder)).Message);
}
