using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Checkpointing;
using Starling.Actors.Clustering;
using Starling.Actors.Configuration;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Supervision;
using Starling.Actors.Training;

namespace Starling.Actors.Hosting;

/// <summary>Starts the trainer, and the actor that writes its checkpoints.</summary>
internal static class TrainerWiring
{
    /// <summary>Adds a trainer and its checkpointer if the node has the role.</summary>
    public static AkkaConfigurationBuilder AddTrainer(this AkkaConfigurationBuilder akka, NodeSetup node)
    {
        if (node.Has(NodeRole.Trainer)) node.OnceUp.Add(Start);
        return akka;

        void Start(ActorSystem system, IActorRegistry registry)
        {
            IActorRef supervisor = registry.Get<RunSupervisor>(), monitor = registry.Get<MonitorActor>();
            RunContext run = node.Run;
            ActorSelection trainer = system.ActorSelection(ActorNames.PathOf(ActorNames.Trainer));
            IActorRef checkpointer = system.ActorOf(Props.Create(() => new Checkpointer(run.Checkpoints,
                run.Description, run.Keep, node.Evaluations, trainer, monitor, node.Time, new RunLedger(run.Folder)))
                .WithDispatcher(ClusterProfile.Pinned), ActorNames.Checkpointer);
            TrainerActor.Peers peers = new(supervisor, checkpointer, monitor);
            TrainerSetup setup = SetupOf(node);
            system.ActorOf(Props.Create(() => new TrainerActor(setup, peers)), ActorNames.Trainer);
        }
    }

    /// <summary>Makes the settings of a trainer from its run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="force">Whether to resume from a checkpoint of another configuration or data set.</param>
    internal static TrainerSettings SettingsOf(RunContext run, bool force) => new(run.Shape,
        run.Options.ToTrainStepOptions(), AssetFiles.Tokenizer(run.Options.Tokenizer.Path),
        run.Options.Checkpoint.EverySteps, run.Description, RunContext.ComparedSections, run.NodeIdentity, force);

    private static TrainerSetup SetupOf(NodeSetup node)
    {
        StarlingOptions options = node.Run.Options;
        return new TrainerSetup
        {
            Name = node.Name,
            Incarnations = new Incarnations(node.Attempt),
            Settings = SettingsOf(node.Run, node.Force),
            Checkpoints = node.Run.Checkpoints,
            Prefetch = options.Data.Prefetch,
            Engine = node.Engine,
            Collective = node.Collective,
            Lease = TimeSpan.FromSeconds(options.Cluster.LeaseSeconds),
            OwnLoadersOnly = options.Data.TokenizeOn == TokenizeOn.Trainer,
            LoadersMayCome = options.Data.TokenizeOn == TokenizeOn.Loader && !node.IsSingleNode,
            LoaderTimeout = TimeSpan.FromSeconds(options.Cluster.LoaderTimeoutSeconds),
            Time = node.Time,
        };
    }
}
