using Akka.Actor;
using Starling.Actors.Protocol;

namespace Starling.Actors.Clustering;

/// <summary>
/// Watches this node's actors directly below <c>/user</c>, on which everything it does depends. None of them ends while
/// the node lives; one that fails is started again by Akka. If one ends all the same, the node closes its
/// <see cref="Fence"/> and ends: a node that is gone is replaced, whereas the run would wait forever for a node whose
/// trainer or supervisor is missing.
/// </summary>
internal sealed class TopActorWatch : ReceiveActor
{
    /// <summary>
    /// Makes a watch of the actors that there are now, and of those that a node starts once it has joined.
    /// </summary>
    /// <param name="fence">Closed when one of the actors has ended.</param>
    public TopActorWatch(Fence fence)
    {
        Receive<NodeProtocol.Started>(_ => WatchAll());
        Receive<NodeProtocol.Ending>(_ => Context.Stop(Self));
        Receive<Terminated>(m => fence.Close($"its actor {m.ActorRef.Path.Name} has ended"));
    }

    /// <summary>Starts watching.</summary>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(NodeProtocol.Started));
        Context.System.EventStream.Subscribe(Self, typeof(NodeProtocol.Ending));
        WatchAll();
    }

    private static void WatchAll()
    {
        foreach (IActorRef actor in ((ActorRefWithCell)((ExtendedActorSystem)Context.System).Guardian).Children)
        {
            if (!actor.Equals(Context.Self)) Context.Watch(actor);
        }
    }
}
