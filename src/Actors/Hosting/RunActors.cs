using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Starling.Actors.Checkpointing;
using Starling.Actors.Configuration;
using Starling.Actors.Evaluating;
using Starling.Actors.Loading;
using Starling.Actors.Monitoring;
using Starling.Actors.Serialization;
using Starling.Actors.Supervision;
using Starling.Actors.Training;
using AkkaClusterOptions = Akka.Cluster.Hosting.ClusterOptions;

namespace Starling.Actors.Hosting;

/// <summary>The actors of one node: which there are, by role, and who talks to whom.</summary>
internal static class RunActors
{
    private const string Singleton = "supervisor";

    /// <summary>Wires a node's actors.</summary>
    public static void Add(AkkaConfigurationBuilder akka, NodeSetup node)
    {
        akka.AddHocon(WireProfile.Hocon + RemoteTls.HoconOf(node.Tls) + node.Profile, HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
            })
            .WithRemoting(node.Host, node.Port)
            .WithClustering(new AkkaClusterOptions { Roles = [.. node.Roles] });
        if (node.Tls is { } tls) akka.AddSetup(tls.Setup);
        ClusterSingletonOptions options = new()
        {
            Role = NodeRole.Supervisor,
            LogSingletonIdentificationFailure = false,
        };
        if (node.Has(NodeRole.Supervisor))
            akka.WithSingleton<RunSupervisor>(Singleton, (system, _, _) => SupervisorProps(system, node), options);
        else akka.WithSingletonProxy<RunSupervisor>(Singleton, options);
        akka.AddStartup((system, registry) => Start(system, registry.Get<RunSupervisor>(), node));
    }

    private static void Start(ActorSystem system, IActorRef supervisor, NodeSetup node)
    {
        IActorRef monitor = system.ActorOf(Props.Create(() => new MonitorActor(
            node.Outputs, node.Progress, node.TokensPerImage)), "monitor");
        IActorRef self = system.ActorOf(Props.Create(() => new NodeActor(node, supervisor)), NodeActor.Name);
        Cluster cluster = Cluster.Get(system);
        // Only a member that is up may decide about others, so nothing starts earlier.
        cluster.RegisterOnMemberUp(() =>
        {
            StartRoles(system, supervisor, monitor, node);
            self.Tell(NodeProtocol.Joined.Instance);
            node.Signals.HasJoined();
        });
        if (node.Seeds.Count == 0) cluster.Join(cluster.SelfAddress);
        else cluster.JoinSeedNodes(node.Seeds);
    }

    private static void StartRoles(ActorSystem system, IActorRef supervisor, IActorRef monitor, NodeSetup node)
    {
        RunContext run = node.Run;
        if (node.Has(NodeRole.Loader))
            system.ActorOf(Props.Create(() => new ShardLoader(
                node.Name, run.NodeIdentity, () => run.OpenShares(node.PipelineOpened), run.Options.Data.Prefetch,
                supervisor)), "loader");
        if (node.Has(NodeRole.Trainer))
        {
            IActorRef checkpointer = system.ActorOf(Props.Create(() => new Checkpointer(run.Checkpoints,
                run.Description, run.Keep, node.Evaluations, supervisor, monitor, node.Time, new RunLedger(run.Folder)))
                .WithDispatcher(ClusterProfile.Pinned), "checkpointer");
            TrainerActor.TrainerActors tells = new(supervisor, checkpointer, monitor);
            TrainerSetup trainer = new()
            {
                Name = node.Name,
                Incarnations = new Incarnations(node.Attempt),
                Settings = run.TrainerSettings(node.Force),
                Checkpoints = run.Checkpoints,
                Prefetch = run.Options.Data.Prefetch,
                Engine = node.Engine,
                Collective = node.Collective,
                Lease = TimeSpan.FromSeconds(run.Options.Cluster.LeaseSeconds),
                OwnLoadersOnly = run.Options.Data.TokenizeOn == TokenizeOn.Trainer,
                LoaderPatience = TimeSpan.FromSeconds(run.Options.Cluster.LoaderPatienceSeconds),
                Time = node.Time,
            };
            system.ActorOf(Props.Create(() => new TrainerActor(trainer, tells)), "trainer");
        }
        if (node.Has(NodeRole.Evaluator) && run.Options.Evaluation.Enabled)
        {
            EvaluatorActor.EvaluatorActors tells = new(supervisor, monitor);
            system.ActorOf(Props.Create(() => new EvaluatorActor(node.Name, run.NodeIdentity,
                () => RunEvaluation.Open(run, node.Time, node.Stopping), run.Checkpoints, node.Evaluations, tells,
                node.Time, node.Stopping)).WithDispatcher(ClusterProfile.Pinned), "evaluator");
        }
    }

    private static Props SupervisorProps(ActorSystem system, NodeSetup node)
    {
        SupervisorSettings settings = new()
        {
            Plan = node.Plan,
            Identity = node.Run.NodeIdentity,
            Ledger = new RunLedger(node.Run.Folder),
            Monitor = Listener(system, node),
            Ended = node.Ended,
            Fenced = node.Fence.Close,
            Time = node.Time,
        };
        return Props.Create(() => new RunSupervisor(settings)).WithDispatcher(ClusterProfile.Pinned);
    }

    private static ICanTell Listener(ActorSystem system, NodeSetup node)
    {
        ActorSelection monitor = system.ActorSelection("/user/monitor");
        if (node.Journal is not { } journal) return monitor;
        return system.ActorOf(Props.Create(() => new JournalActor(
            journal, path => EventLog.Open(path, node.Run.Options.Name, node.Time), monitor)), "journal");
    }
}
