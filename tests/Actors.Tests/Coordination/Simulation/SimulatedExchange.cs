using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>
/// The collective of one generation. A step can be applied once every host has entered its last barrier; a host that
/// left breaks it for those that still wait.
/// </summary>
internal sealed class SimulatedExchange(IReadOnlyList<HostedReplicas> hosting)
{
    private readonly HashSet<string> _connected = [], _left = [];
    private readonly Dictionary<long, Dictionary<string, SimulatedState>> _entered = [];

    /// <summary>What everybody goes on from.</summary>
    public SimulatedState? Source { get; set; }

    public bool IsConnected => _connected.Count == hosting.Count;

    public bool IsBroken => _left.Count > 0;

    public void Connect(string host) => _connected.Add(host);

    public void Leave(string host) => _left.Add(host);

    public void Enter(string host, SimulatedState state)
    {
        if (!_entered.TryGetValue(state.Step, out var hosts)) _entered.Add(state.Step, hosts = []);
        hosts.Add(host, state);
    }

    public bool HasEntered(string host, long step) => _entered.TryGetValue(step, out var h) && h.ContainsKey(host);

    public bool IsComplete(long step) => _entered.TryGetValue(step, out var hosts) && hosts.Count == hosting.Count;

    public SimulatedState Result(long step) =>
        SimulatedState.After(_entered[step].Values, hosting.SelectMany(h => h.Replicas));
}
