using System.Text.Json;
using Starling.Actors.Configuration;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Hosting;

/// <summary>The promise: however a run gets to its last step, the state there is the same, bit for bit.</summary>
public sealed class WholeRunTests(TinyAssets assets, ReferenceRun reference) : IClassFixture<ReferenceRun>, IDisposable
{
    private readonly RunBench _bench = new(assets);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_run_leaves_checkpoints_an_event_log_and_a_summary()
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync());
        Assert.Equal([4, 8, 12], _bench.Checkpoints);
        IReadOnlyList<JsonElement> events = _bench.Events();
        Assert.All(events, e =>
        {
            foreach (string field in (string[])["time", "run", "attempt", "generation", "step", "event"])
                Assert.True(e.TryGetProperty(field, out _), $"{field} is missing in {e}");
        });
        Assert.Equal(Enumerable.Range(1, RunBench.Steps).Select(s => (long)s), Steps(attempt: 1));
        Assert.Equal("completed", Assert.Single(_bench.Events("ended")).GetProperty("outcome").GetString());
        Assert.Equal(_bench.Hash, _bench.Events("checkpoint")[^1].GetProperty("state_hash").GetString());
        Assert.Empty(_bench.Events("log"));
        Assert.Contains("tiny: finished", _bench.Output);
        Assert.Contains(CheckpointPaths.Resolve(_bench.Folder), _bench.Output);
    }

    [Theory]
    [InlineData("data.workers=2")]
    [InlineData("data.workers=4", "data.prefetch=3")]
    [InlineData("data.tokenizeOn=loader")]
    [InlineData("data.tokenizeOn=loader", "data.workers=3", "data.prefetch=5")]
    [InlineData("training.threads=2")]
    [InlineData("training.microBatch=1", "data.cacheBytes=100000000")]
    [InlineData("checkpoint.everySteps=5", "checkpoint.keepLatest=1")]
    public async Task Who_does_the_work_and_when_it_is_saved_changes_no_bit(params string[] settings)
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(settings));
        Assert.Equal(reference.Hash, _bench.Hash);
    }

    [Fact]
    public async Task Evaluation_changes_no_bit_and_leaves_scores_and_images()
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync("evaluation.enabled=true", "evaluation.everySteps=6"));
        Assert.Equal(reference.Hash, _bench.Hash);
        // The first checkpoint at or after step 6, and the last one.
        Assert.Equal([8, 12], _bench.Events("evaluation_started").Select(Step));
        Assert.Empty(_bench.Events("evaluation_failed"));
        Assert.Equal(4, _bench.Events("evaluation").Count);
        string[] images =
            [.. Directory.GetFiles(Path.Combine(_bench.Folder, "samples")).Order(StringComparer.Ordinal)];
        Assert.Equal(["00000008-student.png", "00000008-teacher.png", "00000012-student.png", "00000012-teacher.png"],
            images.Select(Path.GetFileName));
        Assert.Contains(images[^1], _bench.Output);

        // The same command again has nothing left to do, but still shows what there is.
        int before = _bench.Output.Length;
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync("evaluation.enabled=true", "evaluation.everySteps=6"));
        Assert.Equal(2, _bench.Events("evaluation_started").Count);
        Assert.Contains(images[^1], _bench.Output[before..]);
    }

    [Fact]
    public async Task A_run_without_held_out_images_is_evaluated_without_a_probe()
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync("evaluation.enabled=true", "data.holdOut=0"));
        Assert.Empty(_bench.Events("evaluation_failed"));
        Assert.Equal(2, _bench.Events("evaluation").Count);
    }

    [Fact]
    public async Task An_evaluation_may_look_at_a_part_of_the_data_and_is_repeated_by_hand_without_encoding_it_again()
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync("evaluation.enabled=true",
            "evaluation.referenceImages=10", "evaluation.probe.images=5", "data.holdOut=0.3"));
        EvaluationResult[] results =
        [
            .. _bench.Events("evaluation").Select(e => EvaluationResult.FromJson(e.GetProperty("result").GetRawText())),
        ];
        Assert.Equal([10, 10], results.Select(r => r.ReferenceImages));
        Assert.All(results, r => Assert.Contains(Assert.Single(r.Probe).Accuracy * 5, (double[])[0, 1, 2, 3, 4, 5]));
        Assert.Contains("untrained, 8 samples against 10 images", _bench.Output);

        string cache = Assert.Single(
            Directory.GetFiles(Path.Combine(_bench.Folder, "evaluations"), "reference-*.safetensors"));
        File.SetLastWriteTimeUtc(cache, DateTime.UnixEpoch);
        string checkpoint = CheckpointPaths.Resolve(_bench.Folder);
        StarlingOptions options = TrainedModel.ConfigurationOf(ManifestFile.Read(checkpoint), []);
        EvaluationReport again = await new EvaluationHost(TimeProvider.System).EvaluateAsync(
            checkpoint, options, TestContext.Current.CancellationToken);
        Assert.Equal(results.Select(WithoutTime), again.Results.Select(WithoutTime));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(cache));

        static string WithoutTime(EvaluationResult result) => (result with { Seconds = 0 }).ToJson();
    }

    [Fact]
    public async Task A_stop_at_any_moment_then_the_same_command_ends_in_the_same_state()
    {
        KeyedRandom random = TestSeed.New();
        using CancellationTokenSource stop = new();
        TrainerClock clock = new TrainerClock().At(1 + random.Below((int)reference.ClockReadings - 1), stop.Cancel);
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(clock, stop.Token));
        IReadOnlyList<long> first = Steps(attempt: 1);
        long reached = first.Count == 0 ? 0 : first[^1];
        Assert.Equal(reached, _bench.Checkpoints.Count == 0 ? 0 : _bench.Checkpoints[^1]);
        Assert.Equal(reached < RunBench.Steps ? "stopped" : "completed",
            Assert.Single(_bench.Events("ended")).GetProperty("outcome").GetString());

        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync());
        Assert.Equal(Range(reached + 1, RunBench.Steps), Steps(attempt: 2));
        Assert.Equal(reference.Hash, _bench.Hash);
    }

    [Fact]
    public async Task A_stop_while_the_data_is_being_opened_ends_at_once_and_begins_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _bench.TrainAsync(TimeProvider.System, new CancellationToken(canceled: true)));
        Assert.False(File.Exists(Path.Combine(_bench.Folder, "events.jsonl")));
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync()); // the folder is free again
    }

    [Fact]
    public async Task A_fault_in_the_middle_of_a_step_costs_time_and_nothing_else()
    {
        KeyedRandom random = TestSeed.New();
        TrainerClock clock = new TrainerClock().At(1 + random.Below((int)reference.ClockReadings), Fault);
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync(clock, CancellationToken.None));
        Assert.Contains("pulled the plug",
            Assert.Single(_bench.Events("trainer_failed")).GetProperty("reason").GetString());
        Assert.Equal([1, 2], _bench.Events("generation").Select(e => e.GetProperty("generation").GetInt64()));
        Assert.Equal(reference.Hash, _bench.Hash);
    }

    [Fact]
    public async Task Faults_that_leave_no_step_end_the_run()
    {
        TrainerClock clock = new();
        for (int reading = 1; reading < 50; reading++) clock.At(reading, Fault);
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _bench.TrainAsync(clock, CancellationToken.None));
        Assert.Contains("3 generations failed without a step; last: pulled the plug", failure.Message);
        Assert.Equal("failed", Assert.Single(_bench.Events("ended")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_damaged_newest_checkpoint_is_reported_and_the_one_before_it_taken()
    {
        await _bench.TrainAsync("training.steps=8");
        FlipByte(Path.Combine(CheckpointPaths.Resolve(_bench.Folder), "student.safetensors"));
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync());
        Assert.Contains("student.safetensors",
            _bench.Events("note").First(e => Attempt(e) == 2).GetProperty("text").GetString());
        Assert.Contains("student.safetensors", _bench.Output);
        Assert.Equal(Range(5, RunBench.Steps), Steps(attempt: 2));
        Assert.Equal(reference.Hash, _bench.Hash);
        Assert.Empty(CheckpointReader.Verify(Path.Combine(CheckpointPaths.Of(_bench.Folder), "8")));
    }

    [Fact]
    public async Task When_every_checkpoint_is_damaged_the_user_decides()
    {
        await _bench.TrainAsync("training.steps=4");
        FlipByte(Path.Combine(CheckpointPaths.Resolve(_bench.Folder), "manifest.json"));
        StarlingException refusal = await Assert.ThrowsAsync<StarlingException>(() => _bench.TrainAsync());
        Assert.Contains("damaged", refusal.Message);
    }

    private static void Fault() => throw new InvalidOperationException("pulled the plug");

    private static void FlipByte(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private IReadOnlyList<long> Steps(int attempt) =>
        [.. _bench.Events("step").Where(e => Attempt(e) == attempt).Select(Step)];

    private static IEnumerable<long> Range(long first, long last) =>
        Enumerable.Range((int)first, (int)(last - first + 1)).Select(s => (long)s);

    private static long Step(JsonElement e) => e.GetProperty("step").GetInt64();

    private static int Attempt(JsonElement e) => e.GetProperty("attempt").GetInt32();
}
