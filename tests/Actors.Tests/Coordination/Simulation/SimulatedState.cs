namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>A training state: how many steps it holds, and a hash of all that went into them.</summary>
internal readonly record struct SimulatedState(long Step, ulong Content)
{
    public static SimulatedState Initial { get; } = new(0, 14695981039346656037);

    /// <summary>
    /// One more step from the shares of the hosts. Where all hold the same state and every replica is there once, the
    /// content is a function of the step alone; where not, it is something else.
    /// </summary>
    public static SimulatedState After(IEnumerable<SimulatedState> hosts, IEnumerable<int> replicas)
    {
        SimulatedState[] distinct = [.. hosts.Distinct()];
        ulong content = distinct.Aggregate(0UL, (all, host) => all * 31 + host.Content + (ulong)host.Step);
        foreach (int replica in replicas) content = (content ^ (ulong)(replica + 1)) * 1099511628211;
        return new SimulatedState(distinct.Max(h => h.Step) + 1, content);
    }
}
