using System.Text;
using Starling.Model.Files;

namespace Starling.Model.Tests.Files;

public sealed class AppendedFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("starling-append-");

    private string Path_ => Path.Combine(_folder.FullName, "file");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Two_that_append_to_one_file_overwrite_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the second is refused");
        using (AppendedFile first = new(Path_), second = new(Path_))
        {
            first.Append("one\n"u8);
            second.Append("two\n"u8);
            first.Append("three\n"u8);
        }
        using (AppendedFile third = new(Path_)) third.Append("four\n"u8);
        Assert.Equal("one\ntwo\nthree\nfour\n", File.ReadAllText(Path_, Encoding.UTF8));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named() => Assert.Contains("none/file",
        Assert.Throws<IOException>(() => new AppendedFile(Path.Combine(_folder.FullName, "none/file"))).Message);
}
