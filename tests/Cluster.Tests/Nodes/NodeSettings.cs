using Starling.Actors.Tests.Support;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>What makes a run of nodes tiny; the same as for a training, so that the states can be compared.</summary>
internal static class NodeSettings
{
    /// <summary>Keys that <see cref="RunSettings"/> sets by itself.</summary>
    private static readonly string[] Theirs = ["training.steps=", "checkpoint.everySteps=", "monitor."];

    public static IReadOnlyList<string> Of(TinyAssets assets) =>
        [.. RunBench.Settings(assets), "evaluation.enabled=false"];

    public static RunSettings Run(TinyAssets assets, long steps, long checkpointEvery) =>
        new("configs/tiny.json", steps, checkpointEvery,
            [.. Of(assets).Where(s => !Theirs.Any(t => s.StartsWith(t, StringComparison.Ordinal)))]);
}
