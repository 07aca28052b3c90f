using Starling.Data;
using Starling.Model.Checkpoints;

namespace Starling.Model.Tests.Checkpoints;

public sealed class CheckpointPathsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("starling-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("run", "run/checkpoints/20")]
    [InlineData("run/checkpoints", "run/checkpoints/20")]
    [InlineData("run/checkpoints/3", "run/checkpoints/3")] // damaged, which its reader reports
    [InlineData("run/checkpoints/20", "run/checkpoints/20")]
    [InlineData("7", "7/checkpoints/5")] // the run's name is a number
    public void A_run_means_its_newest_checkpoint_and_a_checkpoint_itself(string given, string expected)
    {
        foreach (string checkpoint in (string[])["run/checkpoints/3", "run/checkpoints/20", "7/checkpoints/5"])
            Directory.CreateDirectory(Path.Combine(_folder.FullName, checkpoint));
        File.WriteAllText(Path.Combine(_folder.FullName, "run/checkpoints/20/manifest.json"), "{}");
        Assert.Equal(Path.Combine(_folder.FullName, expected),
            CheckpointPaths.Resolve(Path.Combine(_folder.FullName, given)));
    }

    [Fact]
    public void A_folder_without_checkpoints_is_a_mistake()
    {
        foreach (string folder in (string[])["nowhere", ""])
            Assert.Throws<StarlingException>(() => CheckpointPaths.Resolve(Path.Combine(_folder.FullName, folder)));
    }

    [Theory]
    [InlineData("runs/a/checkpoints/20")]
    [InlineData("runs/a/checkpoints/20/")]
    public void The_run_of_a_checkpoint_is_two_levels_up(string checkpoint) =>
        Assert.Equal(Path.GetFullPath("runs/a"), CheckpointPaths.RunOf(checkpoint));
}
