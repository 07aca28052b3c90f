using System.Text.Json;
using Starling.Model.Checkpoints;

namespace Starling.Model.Tests.Checkpoints;

public sealed class KeepPolicyTests
{
    private static readonly CheckpointEntry[] Ten =
        [.. Enumerable.Range(1, 10).Select(i => Entry(i * 10, Math.Abs(i - 4)))];

    [Fact]
    public void The_newest_stay() => Assert.Equal([10, 20, 30, 40, 50, 60, 70], new KeepPolicy(3).Prune(Ten));

    [Fact]
    public void One_stays_whatever_the_policy_says() =>
        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80, 90], new KeepPolicy(0).Prune(Ten));

    [Fact]
    public void Those_at_round_steps_stay() =>
        Assert.Equal([10, 20, 40, 50, 70, 80], new KeepPolicy(1, EverySteps: 30).Prune(Ten));

    [Fact]
    public void The_best_stay() =>
        Assert.Equal([10, 20, 60, 70, 80, 90], new KeepPolicy(1, Best: new KeepBest("loss", 3)).Prune(Ten));

    [Fact]
    public void The_best_may_be_the_highest() =>
        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80],
            new KeepPolicy(1, Best: new KeepBest("loss", 2, LowerIsBetter: false)).Prune(Ten));

    [Fact]
    public void Of_equal_ones_the_newer_stays() =>
        Assert.Equal([10, 20, 30, 60, 70, 80, 90], new KeepPolicy(1, Best: new KeepBest("loss", 2)).Prune(Ten));

    [Fact]
    public void An_evaluations_score_goes_before_the_manifests() => Assert.Equal([20, 30, 40, 50, 60, 70, 80, 90],
        new KeepPolicy(1, Best: new KeepBest("loss", 1)).Prune(Ten, new Dictionary<long, double> { [10] = -5 }));

    [Fact]
    public void A_score_that_is_missing_or_not_a_number_is_not_the_best()
    {
        KeepPolicy policy = new(1, Best: new KeepBest("loss", 2));
        Assert.Equal([10, 20],
            policy.Prune([Entry(10, double.NaN), Entry(20, null), Entry(30, 5), Entry(40, double.NaN)]));
    }

    [Fact]
    public void One_without_a_usable_manifest_neither_counts_nor_is_deleted()
    {
        CheckpointEntry damaged = new(35, "35", null, "damaged");
        Assert.Equal([10, 20],
            new KeepPolicy(2).Prune([Entry(10, 0), Entry(20, 0), Entry(30, 0), damaged, Entry(40, 0)]));
    }

    private static CheckpointEntry Entry(long step, double? loss) => new(step, $"{step}", new CheckpointManifest
    {
        FormatVersion = 1,
        Step = step,
        Generation = 1,
        RunId = "r",
        Created = default,
        StateHash = "",
        ModelHash = "",
        DataFingerprint = "",
        TokenizerFingerprint = "",
        Metrics = loss is { } value ? new Dictionary<string, double> { ["loss"] = value } : [],
        Configuration = JsonDocument.Parse("{}").RootElement,
        Files = [],
    }, null);
}
