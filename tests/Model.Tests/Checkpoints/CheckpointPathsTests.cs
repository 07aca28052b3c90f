using Starling.Data;
using Starling.Model.Checkpoints;

namespace Starling.Model.Tests.Checkpoints;

public sealed class CheckpointPathsTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void A_run_or_its_checkpoints_folder_means_the_newest()
    {
        foreach (long step in (long[])[9, 10]) _run.Write(TestRun.State(step));
        string newest = Path.Combine(_run.Checkpoints, "10");
        Assert.Equal(newest, CheckpointPaths.Resolve(_run.Folder));
        Assert.Equal(newest, CheckpointPaths.Resolve(_run.Folder + "/"));
        Assert.Equal(newest, CheckpointPaths.Resolve(_run.Checkpoints));
    }

    [Fact]
    public void A_checkpoint_means_itself_even_copied_elsewhere_or_damaged()
    {
        string folder = _run.Write(TestRun.State(9)).Folder, copy = Path.Combine(_run.Folder, "best");
        Assert.Equal(folder, CheckpointPaths.Resolve(folder));
        File.Delete(Path.Combine(_run.Write(TestRun.State(10)).Folder, "manifest.json"));
        Assert.EndsWith("10", CheckpointPaths.Resolve(Path.Combine(_run.Checkpoints, "10")), StringComparison.Ordinal);
        Directory.Move(folder, copy);
        Assert.Equal(copy, CheckpointPaths.Resolve(copy));
        Assert.Empty(CheckpointReader.Verify(copy));
    }

    [Fact]
    public void Nothing_there_is_said_plainly()
    {
        Assert.Contains("no checkpoint",
            Assert.Throws<StarlingException>(() => CheckpointPaths.Resolve(_run.Folder)).Message);
        Assert.Contains("no folder nowhere",
            Assert.Throws<StarlingException>(() => CheckpointPaths.Resolve("nowhere")).Message);
    }
}
