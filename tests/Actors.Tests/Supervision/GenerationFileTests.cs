using Starling.Actors.Supervision;
using Starling.Data;

namespace Starling.Actors.Tests.Supervision;

public sealed class GenerationFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_number_outlives_its_writer()
    {
        GenerationFile file = new(_folder["generation"]);
        Assert.Equal(0, file.Read());
        file.Write(41);
        file.Write(42);
        Assert.Equal(42, new GenerationFile(_folder["generation"]).Read());
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("seven")]
    [InlineData("-3")]
    [InlineData("1e3")]
    public void What_is_no_number_is_refused_with_a_way_out(string text)
    {
        File.WriteAllText(_folder["generation"], text);
        GenerationFile file = new(_folder["generation"]);
        StarlingException refusal = Assert.Throws<StarlingException>(() => file.Read());
        Assert.Contains("events.jsonl", refusal.Message);
    }

    [Fact]
    public void A_folder_that_takes_no_file_is_the_users_to_mend()
    {
        StarlingException refusal = Assert.Throws<StarlingException>(
            () => new GenerationFile(_folder["no such folder/generation"]).Write(1));
        Assert.Contains("no such folder", refusal.Message);
    }
}
