using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Tests.Hosting;

/// <summary>What a user can get wrong is said in one line that names it, and harms no run.</summary>
public sealed class BadInputTests(TinyAssets assets) : IDisposable
{
    private readonly RunBench _bench = new(assets);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_missing_shard_is_named() =>
        await RefusedAsync("nowhere.parquet", $"data.files={_bench["nowhere.parquet"]}");

    [Fact]
    public async Task A_truncated_shard_is_named()
    {
        string shard = _bench["cut.parquet"];
        File.WriteAllBytes(shard, File.ReadAllBytes(assets.Shards[0])[..^200]);
        await RefusedAsync("cut.parquet", $"data.files={shard}");
    }

    [Fact]
    public async Task A_shard_without_labels_is_named_with_the_column()
    {
        await LabellessShard.WriteAsync(_bench["unlabelled.parquet"]);
        string message = await RefusedAsync("unlabelled.parquet", $"data.files={_bench["unlabelled.parquet"]}");
        Assert.Contains("label", message);
    }

    [Fact]
    public async Task A_label_outside_the_classes_is_named_with_its_shard()
    {
        TinyAssets.WriteShard(_bench["strange.parquet"], rows: 24, classesUsed: TinyAssets.Classes + 1);
        string message = await RefusedAsync("strange.parquet", $"data.files={_bench["strange.parquet"]}");
        Assert.Contains("label", message);
    }

    [Fact]
    public async Task A_shard_damaged_after_the_start_ends_the_run_as_the_users_business()
    {
        string shard = _bench["hollow.parquet"];
        ChangedShard.WriteDamaged(assets, shard);
        Assert.Contains("row group", await RefusedAsync("hollow.parquet", $"data.files={shard}"));
    }

    [Fact]
    public async Task Undecodable_images_are_replaced_and_told_of_once()
    {
        TinyAssets.WriteShard(_bench["patchy.parquet"], rows: 32, firstKey: 7, undecodable: [3, 20]);
        // Three epochs: the same images come again.
        string[] settings = [$"data.files={_bench["patchy.parquet"]}", "data.holdOut=0", "data.maxBadShare=0.1"];
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(settings));
        var told = _bench.Events("bad_picture");
        Assert.Equal([3, 20], told.Select(e => e.GetProperty("sample").GetInt64()).Order());
        Assert.All(told, e => Assert.EndsWith("patchy.parquet", e.GetProperty("file").GetString()));

        using RunBench other = new(assets);
        Assert.Equal(ExitCodes.Success, await other.TrainAsync([.. settings, "data.workers=3", "data.prefetch=2"]));
        Assert.Equal(_bench.Hash, other.Hash);
    }

    [Fact]
    public async Task Too_many_undecodable_images_end_the_run()
    {
        TinyAssets.WriteShard(_bench["patchy.parquet"], rows: 32, undecodable: [1, 2, 3, 4, 5, 6, 7, 8]);
        await RefusedAsync("patchy.parquet", $"data.files={_bench["patchy.parquet"]}", "data.maxBadShare=0.1");
    }

    [Fact]
    public async Task A_tokenizer_that_is_none_is_named()
    {
        File.WriteAllText(_bench["tokenizer"], "not a tokenizer");
        await RefusedAsync("tokenizer", $"tokenizer.path={_bench["tokenizer"]}");
    }

    [Theory]
    [InlineData("data.expectedImages = 49", "has 48", "data.expectedImages=49")]
    [InlineData("data.expectedClasses = 5", "has 4", "data.expectedClasses=5")]
    [InlineData("tokenizer.expectedCodes = 64", "has 32", "tokenizer.expectedCodes=64")]
    [InlineData("tokenizer.expectedDownscale = 8", "has 4", "tokenizer.expectedDownscale=8")]
    public async Task Other_files_than_expected_are_refused_before_the_first_step(
        string expected, string found, string setting)
    {
        Assert.Contains(found, await RefusedAsync(expected, setting));
        Assert.Empty(_bench.Checkpoints);
    }

    [Fact]
    public async Task Files_that_are_as_expected_are_trained_on() =>
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync("training.steps=1",
            "data.expectedImages=48", "data.expectedClasses=4",
            "tokenizer.expectedCodes=32", "tokenizer.expectedDownscale=4"));

    [Fact]
    public async Task A_feature_network_that_is_none_is_named_before_the_first_step()
    {
        File.WriteAllText(_bench["network"], "not a network");
        await RefusedAsync("network", "evaluation.enabled=true", $"evaluation.featureNetwork={_bench["network"]}");
        Assert.Empty(_bench.Checkpoints);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_named()
    {
        File.WriteAllText(_bench.Folder, "");
        await RefusedAsync(_bench.Folder);
    }

    [Fact]
    public async Task Two_runs_cannot_share_a_folder()
    {
        using (RunLock.Acquire(_bench.Folder)) await RefusedAsync("in use");
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync("training.steps=1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    public async Task A_spoilt_ledger_ends_the_run_instead_of_hanging_it(string text)
    {
        Directory.CreateDirectory(_bench.Folder);
        File.WriteAllText(Path.Combine(_bench.Folder, "ledger.json"), text);
        await RefusedAsync("ledger.json");
    }

    [Fact]
    public async Task A_generation_number_that_cannot_be_stored_ends_the_run_before_anybody_hears_of_it()
    {
        Directory.CreateDirectory(Path.Combine(_bench.Folder, "ledger.json.new"));
        await RefusedAsync("ledger.json");
        Assert.Empty(_bench.Events("step"));
    }

    [Fact]
    public async Task Another_data_set_is_refused_unless_forced()
    {
        await _bench.TrainAsync("training.steps=4");
        string hash = _bench.Hash;
        string[] other = [$"data.files={assets.Shards[0]}", "data.windowRowGroups=2"];
        await RefusedAsync("data", other[0]);
        Assert.Equal(hash, _bench.Hash);
        Assert.Equal(ExitCodes.Success,
            await _bench.TrainAsync(TimeProvider.System, force: true, CancellationToken.None, other[0]));
        Assert.Equal([4, 8, 12], _bench.Checkpoints);
    }

    [Theory]
    [InlineData("model", "model.dim=64")]
    [InlineData("seed", "seed=1")]
    [InlineData("learningRate", "optimizer.learningRate=0.5")]
    public async Task Another_configuration_is_refused_naming_what_differs(string named, string setting)
    {
        await _bench.TrainAsync("training.steps=4");
        await RefusedAsync(named, setting);
        Assert.Equal([4], _bench.Checkpoints);
    }

    private async Task<string> RefusedAsync(string named, params string[] settings)
    {
        StarlingException refusal = await Assert.ThrowsAnyAsync<StarlingException>(() => _bench.TrainAsync(settings));
        Assert.Contains(named, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }
}
