using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Processes;

/// <summary>A mistake is one line on standard error and exit code 2, from the real program too.</summary>
public sealed class ErrorTests(TinyAssets assets) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("did you mean checkpoint.everySteps", "checkpoint.everyStep=3")]
    [InlineData("training.globalBatch", "training.globalBatch=0")]
    [InlineData("nowhere.parquet", "data.files=nowhere.parquet")]
    public async Task A_wrong_setting(string named, string setting) => await AssertRefusedAsync(named, setting);

    [Fact]
    public async Task A_truncated_shard()
    {
        File.WriteAllBytes(_folder["cut.parquet"], File.ReadAllBytes(assets.Shards[0])[..^100]);
        await AssertRefusedAsync("cut.parquet", $"data.files={_folder["cut.parquet"]}");
    }

    [Fact]
    public async Task A_label_outside_the_classes()
    {
        TinyAssets.WriteShard(_folder["strange.parquet"], rows: 24, classesUsed: TinyAssets.Classes + 1);
        await AssertRefusedAsync("label 4 is outside the 4 classes", $"data.files={_folder["strange.parquet"]}");
    }

    [Fact]
    public async Task A_shard_without_labels()
    {
        await LabellessShard.WriteAsync(_folder["unlabelled.parquet"]);
        await AssertRefusedAsync("no column 'label'", $"data.files={_folder["unlabelled.parquet"]}");
    }

    [Fact]
    public async Task A_shard_whose_damage_shows_only_once_training_has_begun()
    {
        ChangedShard.WriteDamaged(assets, _folder["hollow.parquet"]);
        await AssertRefusedAsync("hollow.parquet", $"data.files={_folder["hollow.parquet"]}");
    }

    [Fact]
    public async Task A_run_folder_that_cannot_be_written()
    {
        File.WriteAllText(_folder["run"], "");
        await AssertRefusedAsync(_folder["run"]);
    }

    [Fact]
    public async Task A_folder_that_another_process_trains_in()
    {
        using StarlingProcess first = StarlingProcess.Train(assets, _folder["run"], "training.steps=100000");
        await first.StepAsync(1);
        await AssertRefusedAsync("in use by process");
        first.Signal(StarlingProcess.Interrupt);
        Assert.Equal(0, await first.ExitAsync());
    }

    private async Task AssertRefusedAsync(string named, params string[] settings)
    {
        using StarlingProcess process = StarlingProcess.Train(assets, _folder["run"], settings);
        Assert.Equal(2, await process.ExitAsync());
        string line = Assert.Single(process.Errors);
        Assert.StartsWith("starling: error: ", line);
        Assert.Contains(named, line);
        Assert.DoesNotContain(process.Output, text => text.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }
}
