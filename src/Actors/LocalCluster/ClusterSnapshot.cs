using Starling.Actors.Protocol;

namespace Starling.Actors.LocalCluster;

/// <summary>Everything the terminal shows about a local cluster at one moment.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Status">What its nodes say; null if none answers.</param>
/// <param name="Processes">The members' processes, a line each.</param>
internal sealed record ClusterSnapshot(string Run, NodeProtocol.ClusterStatus? Status, IReadOnlyList<string> Processes);
