using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Starling.Actors.Metrics;

namespace Starling.Actors.Clustering;

/// <summary>
/// Watches whether this node is still a member in the eyes of the others, and closes its <see cref="Fence"/> when it is
/// not, or when it has slept for so long that they must have given it up. Akka alone would let such a node go on for
/// seconds.
/// </summary>
internal sealed class MembershipGuard : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Fence _fence;
    private readonly ClusterMetrics _metrics;
    private readonly TimeProvider _time;
    private long _ticked;

    /// <summary>A guard over this actor system's node.</summary>
    /// <param name="fence">Closed when the node is out.</param>
    /// <param name="metrics">Members, quarantines, lag.</param>
    /// <param name="longestSleep">Slept longer, the node counts as given up.</param>
    /// <param name="time">The clock.</param>
    public MembershipGuard(Fence fence, ClusterMetrics metrics, TimeSpan longestSleep, TimeProvider time)
    {
        _fence = fence;
        _metrics = metrics;
        _time = time;
        Receive<ThisActorSystemQuarantinedEvent>(m =>
        {
            _metrics.Quarantined();
            _fence.Close($"quarantined by {m.RemoteAddress}: the others took this node for dead");
        });
        Receive<LeaseLost>(m => _fence.Close($"the lease {m.Lease} is lost: {m.Reason}"));
        Receive<ClusterEvent.MemberDowned>(m => Out(m.Member), _ => _fence.Close("downed by the cluster"));
        Receive<ClusterEvent.MemberRemoved>(m => Out(m.Member) && m.PreviousStatus == MemberStatus.Down,
            _ => _fence.Close("removed from the cluster"));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Tick>(_ => Ticked(longestSleep));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts watching.</summary>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(LeaseLost));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent));
        Again(_time.GetTimestamp());
    }

    /// <summary>Stops watching.</summary>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private bool Out(Member member) => member.UniqueAddress.Equals(_cluster.SelfUniqueAddress);

    private void Ticked(TimeSpan longestSleep)
    {
        long now = _time.GetTimestamp();
        TimeSpan late = _time.GetElapsedTime(_ticked, now) - Interval;
        _metrics.Lag(Math.Max(0, late.TotalSeconds));
        ClusterEvent.CurrentClusterState state = _cluster.State;
        _metrics.Members(state.Members.Select(m => m.Status.ToString()), state.Unreachable.Count);
        if (late > longestSleep)
            _fence.Close(FormattableString.Invariant($"slept for {late.TotalSeconds:0.0} s, so the others gave it up"));
        Again(now);
    }

    /// <param name="now">Of this tick: a sleep that begins after it counts for the next one.</param>
    private void Again(long now)
    {
        _ticked = now;
        // Never periodic: after a freeze all the missed ticks would come at once.
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, Interval);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
