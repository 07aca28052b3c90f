using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using Akka.Coordination;
using Starling.Actors.Clustering;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

/// <summary>Leases in a test's folder, renewed every 100 ms.</summary>
internal sealed class TestLeases(ActorSystem system, TestFolder folder)
{
    /// <summary>How long they last: however slow the machine, longer than any test.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(10);

    private readonly List<Lease> _made = [];

    /// <summary>Makes one.</summary>
    /// <param name="name">The lease's name.</param>
    /// <param name="owner">Whom it is for.</param>
    /// <param name="timeout">For how long it tries to get it; one that is granted is granted long before.</param>
    /// <param name="hasEnded">Whether a node has; by default none.</param>
    /// <param name="time">The clock; by default the system's.</param>
    public Lease Make(string name, string owner, TimeSpan timeout, Func<Address, Task<bool>>? hasEnded = null,
        TimeProvider? time = null)
    {
        Config config = ConfigurationFactory.ParseString($$"""
            heartbeat-timeout = {{Duration.TotalSeconds}}s, heartbeat-interval = 100ms
            lease-operation-timeout = {{timeout.TotalMilliseconds}}ms
            folder = {{JsonSerializer.Serialize(folder.Path)}}
            """);
        FileLease lease = new(new LeaseSettings(name, owner, TimeoutSettings.Create(config), config),
            (ExtendedActorSystem)system, time ?? TimeProvider.System, hasEnded ?? (_ => Task.FromResult(false)));
        _made.Add(lease);
        return lease;
    }

    /// <summary>Releases all: their renewals would write into a folder that is about to go.</summary>
    public void Release(TimeSpan timeout)
    {
        foreach (Lease lease in _made) lease.Release().Wait(timeout);
    }
}
