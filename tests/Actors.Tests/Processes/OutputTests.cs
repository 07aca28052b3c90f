using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Processes;

/// <summary>A run does not need its output. A command that exists for what it prints does.</summary>
public sealed class OutputTests(TinyAssets assets) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("> /dev/full")]
    [InlineData("> /dev/full 2>&1")]
    [InlineData(">&-")]
    public async Task A_run_whose_output_cannot_be_written_is_made_all_the_same(string redirection)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        using StarlingProcess process = StarlingProcess.Redirected(redirection,
            StarlingProcess.Training(assets, _folder["run"], "training.steps=2"));
        Assert.Equal(0, await process.ExitAsync());
        Assert.Empty(process.Errors);
        Assert.Equal("completed",
            Assert.Single(StarlingProcess.Events(_folder["run"], "ended")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_command_whose_output_is_all_there_is_says_that_it_cannot_be_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        using StarlingProcess process =
            StarlingProcess.Redirected("> /dev/full", "data", "inspect", assets.Shards[0], "--images", "1");
        Assert.Equal(1, await process.ExitAsync());
        Assert.StartsWith("starling: error: the output cannot be written: ", Assert.Single(process.Errors));
    }
}
