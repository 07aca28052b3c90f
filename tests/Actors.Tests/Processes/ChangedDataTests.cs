using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Tests.Processes;

/// <summary>The real program, killed, does not go on with other data, and says which file it is.</summary>
public sealed class ChangedDataTests(TinyAssets assets) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_run_refuses_changed_labels_and_images_with_exit_code_2_and_accepts_the_old_ones()
    {
        string[] shards = ChangedShard.Copy(assets, _folder["data"]);
        using (StarlingProcess first = Train(shards))
        {
            await first.StepAsync(12);
            first.Signal(StarlingProcess.Kill);
            await first.ExitAsync();
        }
        ChangedShard.ReverseLabels(shards[0]);
        await AssertRefusedAsync(shards, $"(changed: {shards[0]})");

        ChangedShard.Copy(assets, _folder["data"]);
        ChangedShard.ChangeImage(shards[0], rowGroup: 1);
        await AssertRefusedAsync(shards, $"{shards[0]}: row group 1 has changed since this run first read it");

        ChangedShard.Copy(assets, _folder["data"]);
        using StarlingProcess last = Train(shards);
        await last.StepAsync(new CheckpointStore(CheckpointPaths.Of(_folder["run"])).Latest()!.Step + 12);
        last.Signal(StarlingProcess.Interrupt);
        Assert.Equal(0, await last.ExitAsync());
    }

    // An epoch has less than six steps, so twelve steps read every row group.
    private StarlingProcess Train(string[] shards) => StarlingProcess.Train(assets, _folder["run"],
        $"data.files={string.Join(',', shards)}", "training.steps=100000");

    private async Task AssertRefusedAsync(string[] shards, string named)
    {
        using StarlingProcess process = Train(shards);
        Assert.Equal(2, await process.ExitAsync());
        string line = Assert.Single(process.Errors);
        Assert.StartsWith("starling: error: ", line);
        Assert.Contains(named, line);
    }
}
