using Akka.Actor;
using Akka.Cluster;
using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>
/// A node's own actor, <c>/user/status</c>: offers the node to the supervisor, so that every node hears whether it fits
/// and when the run is over, whatever it does; has it released when it is to leave; and tells anybody who asks how the
/// cluster is.
/// </summary>
internal sealed class NodeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly NodeSetup _node;
    private readonly IActorRef _supervisor;
    private readonly SupervisorRegistration _registration;

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
            node.Signals.SetRefused(m.Reason);
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
            else MayGo();
        });
        Receive<TrainerProtocol.Released>(_ => MayGo());
        Receive<NodeProtocol.StatusRequest>(_ => AskSupervisor());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Listens to what the node's other actors are told.</summary>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(SupervisorProtocol.Refused));
        Context.System.EventStream.Subscribe(Self, typeof(TrainerProtocol.Released));
    }

    /// <summary>
    /// Nothing is lost when the node goes. Trainers that wait for a batch of its loader ask another one as soon as the
    /// loader has ended; the node itself takes seconds to leave.
    /// </summary>
    private void MayGo()
    {
        Context.ActorSelection(ActorNames.PathOf(ActorNames.Loader)).Tell(PoisonPill.Instance);
        _node.Signals.SetReleased();
    }

    private void AskSupervisor()
    {
        Cluster cluster = Cluster.Get(Context.System);
        NodeProtocol.ClusterStatus status = new(_node.Name, Members(cluster.State), null);
        _supervisor.Ask<RunStatus>(SupervisorProtocol.StatusRequest.Instance, Timeout).PipeTo(Sender, Self,
            success: run => status with { Run = run }, failure: _ => status);
    }

    private static NodeProtocol.MemberStatus[] Members(ClusterEvent.CurrentClusterState state) =>
        [.. state.Members.Select(m => new NodeProtocol.MemberStatus(m.Address.ToString(),
            [.. m.Roles.Order(StringComparer.Ordinal)], m.Status.ToString().ToLowerInvariant(),
            !state.Unreachable.Contains(m)))];
}
