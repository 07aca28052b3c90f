using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Starling.Actors.Clustering;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

/// <summary>A cluster whose heartbeats may pause for an hour, so that only a proof can tell a dead member.</summary>
public sealed class ProvenDeathTests() : ClusterActorTests("""
    akka.cluster {
      failure-detector {
        implementation-class = "Starling.Actors.Clustering.ProvenDeathDetector, starling"
        acceptable-heartbeat-pause = 1h
      }
      unreachable-nodes-reaper-interval = 200ms
    }
    """)
{
    private static readonly Address Other = new("akka.tcp", "starling", "10.0.0.2", 4000);

    [Fact]
    public async Task A_member_is_removed_at_once_when_its_death_is_proven()
    {
        await JoinAsync();
        Cluster dead = await MemberAsync(), alive = await MemberAsync();
        Settle(Sys.ActorOf(Props.Create(() => new NodeWatch(node => Task.FromResult(node == dead.SelfAddress)))));
        await dead.System.Terminate().WaitAsync(Timeout);
        Sys.EventStream.Publish(new DisassociatedEvent(Cluster.SelfAddress, dead.SelfAddress, inbound: false));
        AwaitAssert(() => Assert.DoesNotContain(Cluster.State.Members, m => m.Address == dead.SelfAddress), Timeout);
        Assert.Contains(Cluster.State.Members, m => m.Address == alive.SelfAddress);
        Assert.Empty(Cluster.State.Unreachable);
    }

    [Fact]
    public void A_proof_concerns_the_process_that_lived_at_the_address_then()
    {
        ProvenDeaths deaths = ProvenDeaths.Of(Sys.EventStream);
        ProvenDeathDetector detector = NewDetector();
        detector.HeartBeat();
        deaths.Add(Other.WithPort(1));
        Assert.True(detector.IsAvailable);
        deaths.Add(Other);
        Assert.False(detector.IsAvailable);
        Assert.True(NewDetector().IsAvailable); // made for the next process
        detector.HeartBeat();
        Assert.True(detector.IsAvailable);
        Assert.NotSame(deaths, ProvenDeaths.Of(new EventStream(debug: false)));
    }

    private ProvenDeathDetector NewDetector() =>
        new(Sys.Settings.Config.GetConfig("akka.cluster.failure-detector"), Sys.EventStream)
        {
            Address = Other.ToString(),
        };
}
