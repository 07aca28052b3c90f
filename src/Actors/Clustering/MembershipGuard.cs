using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Starling.Actors.Metrics;

namespace Starling.Actors.Clustering;

/// <summary>
/// Watches whether the other nodes still treat this node as a member. Closes the node's <see cref="Fence"/> when they
/// do not, or when the process was suspended for so long that they must have removed the node. Akka alone would let
/// such a node go on for seconds.
/// </summary>
internal sealed class MembershipGuard : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Fence _fence;
    private readonly ClusterMetrics _metrics;
    private readonly TimeProvider _time;
    private long _lastTick;
    private long? _leaseRenewed; // null while this node does not hold the leader's lease

    /// <summary>Makes a guard of this actor system's node.</summary>
    /// <param name="fence">Closed when the node is not a member any more.</param>
    /// <param name="metrics">
    /// Gets the members, the quarantines, the lag of the timer, the lease's age, and what went wrong between actors.
    /// </param>
    /// <param name="longestSleep">
    /// If the process was suspended longer than this, the guard treats the node as removed.
    /// </param>
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
        Receive<LeaseRenewed>(_ => _leaseRenewed = _time.GetTimestamp());
        Receive<LeaseLost>(m =>
        {
            _leaseRenewed = null;
            _fence.Close($"the lease {m.Lease} is lost: {m.Reason}");
        });
        Receive<DeadLetter>(_ => _metrics.DeadLetter());
        Receive<Error>(_ => _metrics.ActorFailed(), m => typeof(SupervisorStrategy).IsAssignableFrom(m.LogClass));
        Receive<ClusterEvent.MemberDowned>(m => IsThisNode(m.Member), _ => _fence.Close("downed by the cluster"));
        Receive<ClusterEvent.MemberRemoved>(m => IsThisNode(m.Member) && m.PreviousStatus == MemberStatus.Down,
            _ => _fence.Close("removed from the cluster"));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Tick>(_ => OnTick(longestSleep));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts watching.</summary>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        foreach (Type told in (Type[])[typeof(LeaseRenewed), typeof(LeaseLost), typeof(DeadLetter), typeof(Error)])
            Context.System.EventStream.Subscribe(Self, told);
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent));
        StartTimer(_time.GetTimestamp());
    }

    /// <summary>Stops watching.</summary>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private bool IsThisNode(Member member) => member.UniqueAddress.Equals(_cluster.SelfUniqueAddress);

    private void OnTick(TimeSpan longestSleep)
    {
        long now = _time.GetTimestamp();
        TimeSpan late = _time.GetElapsedTime(_lastTick, now) - Interval;
        _metrics.Lag(Math.Max(0, late.TotalSeconds));
        _metrics.LeaseAge(_leaseRenewed is { } renewed ? _time.GetElapsedTime(renewed, now).TotalSeconds : null);
        ClusterEvent.CurrentClusterState state = _cluster.State;
        _metrics.Members(state.Members.Select(m => m.Status.ToString()), state.Unreachable.Count);
        if (late > longestSleep)
            _fence.Close(FormattableString.Invariant($"slept for {late.TotalSeconds:0.0} s, so the others gave it up"));
        StartTimer(now);
    }

    /// <summary>Starts the timer of the next tick.</summary>
    /// <param name="now">When this tick began. A suspension after that moment makes the next tick late.</param>
    private void StartTimer(long now)
    {
        _lastTick = now;
        // The timer is not periodic: after a suspension all the missed ticks would come at once.
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, Interval);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
