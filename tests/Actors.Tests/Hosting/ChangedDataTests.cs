using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Hosting;

/// <summary>A run does not go on with other data than it began with, whatever has changed about it.</summary>
public sealed class ChangedDataTests : IDisposable
{
    private readonly RunBench _bench;
    private readonly string[] _shards;

    public ChangedDataTests(TinyAssets assets)
    {
        _bench = new RunBench(assets);
        _shards = ChangedShard.Copy(assets, _bench["data"]);
    }

    private string Files => $"data.files={string.Join(',', _shards)}";

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Other_labels_are_refused_at_the_start_naming_the_file_unless_forced()
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(Files, "training.steps=4"));
        ChangedShard.ReverseLabels(_shards[1]);
        StarlingException e = await Assert.ThrowsAsync<StarlingException>(() => _bench.TrainAsync(Files));
        Assert.Contains($"(changed: {_shards[1]})", e.Message);
        Assert.Equal([4], _bench.Checkpoints);

        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(
            TimeProvider.System, force: true, CancellationToken.None, Files, "training.steps=8"));
        Assert.Contains(_bench.Events("note"), n => n.GetProperty("text").GetString()!.Contains("although"));
        // The checkpoint of step 8 has the new fingerprint.
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(Files));
    }

    [Fact]
    public async Task Another_image_of_the_same_length_is_refused_when_it_is_read_naming_file_and_row_group()
    {
        // An epoch has less than six steps, so twelve steps read every row group.
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(Files));
        ChangedShard.ChangeImage(_shards[1], rowGroup: 2);
        string[] settings = [Files, "training.steps=24", "data.maxBadShare=0.5"];
        StarlingException e = await Assert.ThrowsAnyAsync<StarlingException>(() => _bench.TrainAsync(settings));
        Assert.Contains($"{_shards[1]}: row group 2 has changed since this run first read it", e.Message);
        Assert.DoesNotContain('\n', e.Message);

        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(
            TimeProvider.System, force: true, CancellationToken.None, settings));
        string note = Assert.Single(_bench.Events("note").Select(n => n.GetProperty("text").GetString()!),
            text => text.Contains("although"));
        Assert.Contains("shard-1.parquet: row group 2 has changed", note);
        Assert.Contains(note, _bench.Output);
        // From now on the run knows the new image.
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync([.. settings, "training.steps=36"]));
    }

    [Fact]
    public async Task Unchanged_copies_in_another_place_are_the_same_data()
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(Files, "training.steps=4"));
        string moved = _bench["moved"];
        Directory.Move(_bench["data"], moved);
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(
            $"data.files={string.Join(',', _shards.Select(s => Path.Combine(moved, Path.GetFileName(s))))}"));
        Assert.Equal([4, 8, 12], _bench.Checkpoints);
        Assert.Single(Directory.GetFiles(_bench.Folder, "data-*.jsonl"));
    }
}
