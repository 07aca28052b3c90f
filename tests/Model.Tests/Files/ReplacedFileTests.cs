using Starling.Model.Files;

namespace Starling.Model.Tests.Files;

public sealed class ReplacedFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("starling-replaced-");

    private string Place => Path.Combine(_folder.FullName, "file");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_reader_finds_the_old_file_until_the_new_one_is_whole()
    {
        ReplacedFile.Write(Place, "old");
        ReplacedFile.Write(Place, temporary =>
        {
            File.WriteAllText(temporary, "n");
            Assert.Equal("old", File.ReadAllText(Place));
            File.AppendAllText(temporary, "ew");
        });
        Assert.Equal("new", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void A_link_that_somebody_planted_under_the_temporary_name_is_not_followed()
    {
        string victim = Path.Combine(_folder.FullName, "victim");
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink(Place + ReplacedFile.TemporarySuffix, victim);
        ReplacedFile.Write(Place, "new");
        Assert.Equal("precious", File.ReadAllText(victim));
        Assert.Equal("new", File.ReadAllText(Place));
        Assert.Null(new FileInfo(Place).LinkTarget);
    }

    [Fact]
    public void A_writer_that_fails_leaves_the_old_file_and_nothing_else()
    {
        ReplacedFile.Write(Place, "old");
        Assert.Throws<IOException>(() => ReplacedFile.Write(Place, temporary =>
        {
            File.WriteAllText(temporary, "half");
            throw new IOException("no space left");
        }));
        Assert.Equal("old", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void Two_writers_of_one_file_do_not_meet()
    {
        ReplacedFile.WriteAmongOthers(Place, first =>
        {
            File.WriteAllText(first, "first");
            ReplacedFile.WriteAmongOthers(Place, second => File.WriteAllText(second, "second"));
        });
        Assert.Equal("first", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void What_a_dead_writer_left_is_overwritten()
    {
        File.WriteAllText(Place + ReplacedFile.TemporarySuffix, "half");
        ReplacedFile.Write(Place, "whole");
        Assert.Equal("whole", File.ReadAllText(Place));
        File.WriteAllText(Place + ReplacedFile.TemporarySuffix, "half");
        ReplacedFile.WriteDurably(Place, "whole"u8, DiskFiles.Instance);
        Assert.Equal("whole", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFiles(_folder.FullName));
    }
}
