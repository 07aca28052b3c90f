using Starling.Actors.Tests.Support;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>What makes a run of nodes tiny; the same as for a training, so that the states can be compared.</summary>
internal static class NodeSettings
{
    public static IReadOnlyList<string> Of(TinyAssets assets) =>
        [.. RunBench.Settings(assets), "evaluation.enabled=false"];
}
