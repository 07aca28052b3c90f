using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Clustering;
using Starling.Actors.Loading;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Supervision;

namespace Starling.Actors.Hosting;

/// <summary>Starts the loader, which reads, decodes and crops images for trainers.</summary>
internal static class LoaderWiring
{
    /// <summary>Adds a loader if the node has the role.</summary>
    public static AkkaConfigurationBuilder AddLoader(this AkkaConfigurationBuilder akka, NodeSetup node)
    {
        if (node.Has(NodeRole.Loader)) node.OnceUp.Add(Start);
        return akka;

        void Start(ActorSystem system, IActorRegistry registry)
        {
            RunContext run = node.Run;
            TimeProvider time = node.Time;
            IActorRef supervisor = registry.Get<RunSupervisor>(), monitor = registry.Get<MonitorActor>();
            system.ActorOf(Props.Create(() => new ShardLoader(node.Name, run.NodeIdentity,
                () => ShareSources.Open(run, null), run.Options.Data.Prefetch, supervisor, monitor, time))
                .WithDispatcher(ClusterProfile.Pinned), ActorNames.Loader);
        }
    }
}
