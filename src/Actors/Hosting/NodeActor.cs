using Akka.Actor;
using Akka.Cluster;
using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>
/// A node's own actor, <c>/user/status</c>. It registers the node with the supervisor, so that a node of any role hears
/// whether it is accepted and when the run is over. It has the node released before the node leaves. It answers
/// requests for the state of the cluster.
/// </summary>
internal sealed class NodeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan SupervisorTimeout = TimeSpan.FromSeconds(2);

    private readonly NodeSetup _node;
    private readonly IActorRef _supervisor;
    private readonly SupervisorRegistration _registration;

    /// <summary>Makes the actor of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="supervisor">The supervisor, on any node.</param>
    public NodeActor(NodeSetup node, IActorRef supervisor)
    {
        _node = node;
        _supervisor = supervisor;
        _registration = new SupervisorRegistration(Context, Timers, supervisor, new SupervisorProtocol.RegisterNode(
            node.Run.NodeIdentity, node.Name, Cluster.Get(Context.System).SelfAddress.ToString(), Self));
        Receive<NodeProtocol.Joined>(_ => _registration.Send());
        Receive<SupervisorRegistration.Again>(_ => _registration.Send());
        Receive<SupervisorProtocol.Registered>(_ => { });
        Receive<SupervisorProtocol.Refused>(m =>
        {
            Timers.CancelAll();
            node.Signals.SetRefused(m);
        });
        Receive<SupervisorProtocol.RunEnded>(m =>
        {
            Timers.CancelAll();
            node.Signals.SetOver(m);
        });
        Receive<NodeProtocol.Leave>(_ =>
        {
            if (node.Has(NodeRole.Trainer))
                Context.ActorSelection(ActorNames.PathOf(ActorNames.Trainer)).Tell(TrainerProtocol.Leave.Instance);
            else Release();
        });
        Receive<TrainerProtocol.Released>(_ => Release());
        Receive<NodeProtocol.StatusRequest>(_ => AskSupervisor());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Subscribes to the answers that the supervisor gives to the node's other actors.</summary>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(SupervisorProtocol.Refused));
        Context.System.EventStream.Subscribe(Self, typeof(TrainerProtocol.Released));
    }

    /// <summary>
    /// Ends the loader and signals that the node may leave without loss. The loader ends first, because trainers that
    /// wait for its shares ask another loader as soon as it has ended, while the node itself takes seconds to leave.
    /// </summary>
    private void Release()
    {
        Context.System.EventStream.Publish(NodeProtocol.Ending.Instance);
        Context.ActorSelection(ActorNames.PathOf(ActorNames.Loader)).Tell(PoisonPill.Instance);
        _node.Signals.SetReleased();
    }

    private void AskSupervisor()
    {
        Cluster cluster = Cluster.Get(Context.System);
        NodeProtocol.ClusterStatus status = new(_node.Name, Members(cluster.State), null);
        _supervisor.Ask<RunStatus>(SupervisorProtocol.StatusRequest.Instance, SupervisorTimeout).PipeTo(Sender, Self,
            success: run => status with { Run = run }, failure: _ => status);
    }

    private static NodeProtocol.MemberStatus[] Members(ClusterEvent.CurrentClusterState state) =>
        [.. state.Members.Select(m => new NodeProtocol.MemberStatus(m.Address.ToString(),
            [.. m.Roles.Order(StringComparer.Ordinal)], m.Status.ToString().ToLowerInvariant(),
            !state.Unreachable.Contains(m)))];
}
