using Akka.Actor;
using Akka.Cluster;

namespace Starling.Actors.Tests.Support;

/// <summary>
/// A node of a cluster for each test, with other members in the same process. Nobody is downed but by the test, and a
/// system that is terminated says no goodbye.
/// </summary>
/// <param name="more">More configuration.</param>
public abstract class ClusterActorTests(string more = "") : ActorTests("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    akka.cluster {
      gossip-interval = 200ms, leader-actions-interval = 200ms, run-coordinated-shutdown-when-down = off
      periodic-tasks-initial-delay = 100ms
      failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s }
      downing-provider-class = ""
    }
    akka.coordinated-shutdown { terminate-actor-system = off, run-by-actor-system-terminate = off }

    """ + more)
{
    private readonly List<ActorSystem> _others = [];

    /// <summary>This node's view of the cluster.</summary>
    protected Cluster Cluster => Cluster.Get(Sys);

    /// <summary>Begins the cluster; gives this node's address.</summary>
    protected async Task<Address> JoinAsync()
    {
        await Cluster.JoinAsync(Cluster.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Timeout);
        return Cluster.SelfAddress;
    }

    /// <summary>Another member.</summary>
    protected async Task<Cluster> MemberAsync()
    {
        ActorSystem system = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        _others.Add(system);
        Cluster other = Cluster.Get(system);
        await other.JoinAsync(Cluster.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Timeout);
        AwaitAssert(() => Assert.Contains(Cluster.State.Members,
            m => m.Address == other.SelfAddress && m.Status == MemberStatus.Up), Timeout);
        return other;
    }

    /// <summary>A member that has ended without a word, and is not reached any more.</summary>
    protected async Task<Address> SilentAsync()
    {
        Cluster silent = await MemberAsync();
        await silent.System.Terminate().WaitAsync(Timeout);
        AwaitAssert(() => Assert.Contains(Cluster.State.Unreachable, m => m.Address == silent.SelfAddress), Timeout);
        return silent.SelfAddress;
    }

    /// <inheritdoc/>
    protected override void AfterAll()
    {
        foreach (ActorSystem other in _others) other.Terminate().Wait(Timeout);
        base.AfterAll();
    }
}
