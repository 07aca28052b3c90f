using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Starling.Actors.Checkpointing;
using Starling.Actors.Collectives;
using Starling.Actors.Evaluating;
using Starling.Actors.Loading;
using Starling.Actors.Monitoring;
using Starling.Actors.Supervision;
using Starling.Actors.Training;

namespace Starling.Actors.Hosting;

/// <summary>The actors of one node: which there are, by role, and who talks to whom.</summary>
internal static class RunActors
{
    public const string SystemName = "starling";
    private const string Pinned = "starling.pinned-dispatcher";

    /// <summary>
    /// A node alone has nobody to wait for: it joins itself, and gossips quickly enough to be up within a second. What
    /// blocks (fsync, evaluations) lives on threads of its own, away from the pool that carries messages and
    /// heartbeats.
    /// </summary>
    private const string Hocon = """
        akka.log-dead-letters = off
        akka.log-dead-letters-during-shutdown = off
        akka.cluster.gossip-interval = 200ms
        akka.cluster.leader-actions-interval = 200ms
        akka.cluster.periodic-tasks-initial-delay = 100ms
        akka.cluster.run-coordinated-shutdown-when-down = on
        akka.cluster.singleton.hand-over-retry-interval = 200ms
        akka.cluster.singleton-proxy.singleton-identification-interval = 200ms
        akka.coordinated-shutdown.exit-clr = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        starling.pinned-dispatcher { type = PinnedDispatcher }
        """;

    /// <summary>Wires everything into a node of one.</summary>
    public static void Add(AkkaConfigurationBuilder akka, NodeSetup node)
    {
        akka.AddHocon(Hocon, HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
            })
            .WithRemoting("127.0.0.1", 0)
            .WithClustering(new ClusterOptions { Roles = [.. NodeRole.All] })
            .WithSingleton<RunSupervisor>("supervisor", (system, _, _) => SupervisorProps(system, node),
                new ClusterSingletonOptions
                {
                    Role = NodeRole.Supervisor,
                    LogSingletonIdentificationFailure = false,
                })
            .AddStartup((system, registry) => Start(system, registry, node));
    }

    private static void Start(ActorSystem system, IActorRegistry registry, NodeSetup node)
    {
        IActorRef monitor = system.ActorOf(Props.Create(() => new MonitorActor(
            node.Outputs, node.Progress, node.TokensPerImage)), "monitor");
        Cluster cluster = Cluster.Get(system);
        // Only a member that is up may decide about others, so nothing starts earlier.
        cluster.RegisterOnMemberUp(() => StartActors(system, registry.Get<RunSupervisor>(), monitor, node));
        cluster.Join(cluster.SelfAddress);
    }

    private static void StartActors(ActorSystem system, IActorRef supervisor, IActorRef monitor, NodeSetup node)
    {
        RunContext run = node.Run;
        RunLedger ledger = new(run.Folder);
        RunIdentity identity = run.NodeIdentity;
        IActorRef checkpointer = system.ActorOf(Props.Create(() => new Checkpointer(
            run.Checkpoints, run.Description, run.Keep, node.Scores, supervisor, monitor, node.Time, ledger))
            .WithDispatcher(Pinned), "checkpointer");
        system.ActorOf(Props.Create(() => new ShardLoader(
            "loader-0", identity, run.OpenPipeline, supervisor, node.PipelineOpened)), "loader");
        TrainerActor.TrainerActors trainerTells = new(supervisor, checkpointer, monitor);
        TrainerSetup trainer = new()
        {
            Name = "trainer-0",
            Incarnations = new Incarnations(node.Attempt),
            Settings = run.TrainerSettings(node.Force),
            Checkpoints = run.Checkpoints,
            Prefetch = run.Options.Data.Prefetch,
            Engine = new InProcessEngine(),
            Time = node.Time,
        };
        system.ActorOf(Props.Create(() => new TrainerActor(trainer, trainerTells)), "trainer");
        if (!run.Options.Evaluation.Enabled) return;
        EvaluatorActor.EvaluatorActors evaluatorTells = new(supervisor, checkpointer, monitor);
        system.ActorOf(Props.Create(() => new EvaluatorActor("evaluator-0", identity,
            () => RunEvaluation.Open(run, node.Time, node.Stopping), run.Checkpoints, new EvaluationFiles(run.Folder),
            evaluatorTells, node.Time, node.Stopping)).WithDispatcher(Pinned), "evaluator");
    }

    private static Props SupervisorProps(ActorSystem system, NodeSetup node)
    {
        SupervisorSettings settings = new()
        {
            Plan = () => node.Plan,
            Identity = node.Run.NodeIdentity,
            Ledger = new RunLedger(node.Run.Folder),
            Monitor = system.ActorSelection("/user/monitor"),
            Ended = node.Ended,
            Fenced = reason => node.Ended(new RunEnding(RunOutcome.Failed, 0, reason)),
            Time = node.Time,
        };
        return Props.Create(() => new RunSupervisor(settings)).WithDispatcher(Pinned);
    }
}
