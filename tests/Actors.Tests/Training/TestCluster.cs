using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Checkpointing;
using Starling.Actors.Collectives;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.Hosting;
using Starling.Actors.Loading;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Supervision;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// A run's real actors, with any number of trainers, in one actor system: a cluster without a network.
/// </summary>
internal sealed class TestCluster
{
    private const int MostHeldBack = 1000; // shares in work, so that those at the gate keep none from being made

    private readonly TestKitBase _kit;
    private readonly RunContext _run;
    private readonly ICollectiveEngine _engine;
    private readonly RunLedger _ledger;
    private readonly IActorRef _checkpointer;
    private readonly TaskCompletionSource<RunResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IActorRef _supervisor;

    public TestCluster(TestKitBase kit, TinyAssets assets, TestFolder folder, ICollectiveEngine? engine = null,
        int loaders = 1, Func<int, Func<string, Stream>>? openShards = null)
    {
        _kit = kit;
        _engine = engine ?? new InProcessEngine();
        StarlingOptions options =
            StarlingConfiguration.Read("configs/tiny.json", RunBench.Settings(assets));
        Directory.CreateDirectory(folder["run"]);
        _run = RunContext.Open(options, folder["run"]);
        _ledger = new RunLedger(_run.Folder);
        Monitor = kit.CreateTestProbe();
        _supervisor = StartSupervisor();
        // Forwards to the present supervisor, as the singleton's proxy does.
        IActorRef supervisor = kit.Sys.ActorOf(Props.Create(() => new Proxy(() => _supervisor)));
        Supervisor = supervisor;
        (RunContext run, IActorRef monitor, RunLedger ledger) = (_run, Monitor.Ref, _ledger);
        _checkpointer = kit.Sys.ActorOf(Props.Create(() => new Checkpointer(run.Checkpoints, run.Description, run.Keep,
            new EvaluationFiles(run.Folder), supervisor, monitor, TimeProvider.System, ledger)));
        StepGate gate = Gate;
        for (int i = 0; i < loaders; i++) AddLoader($"loader-{i}", openShards?.Invoke(i));

        void AddLoader(string name, Func<string, Stream>? openShard)
        {
            Func<IShareSource> open = () => gate.Before(ShareSources.Open(run, openShard));
            kit.Sys.ActorOf(Props.Create(() => new ShardLoader(
                name, run.NodeIdentity, open, MostHeldBack, supervisor, monitor, TimeProvider.System)));
        }
    }

    /// <summary>Lets no step through until the test says so.</summary>
    public StepGate Gate { get; } = new();

    /// <summary>Receives the messages to the monitor.</summary>
    public TestProbe Monitor { get; }

    /// <summary>Forwards to the present supervisor.</summary>
    public IActorRef Supervisor { get; }

    /// <summary>How the run ended.</summary>
    public Task<RunResult> Ended => _ended.Task;

    /// <summary>State hash of the newest checkpoint.</summary>
    public string Hash => CheckpointReader.HashOf(CheckpointPaths.Resolve(_run.Folder));

    public IActorRef AddTrainer(string name)
    {
        TrainerSetup setup = new()
        {
            Name = name,
            Incarnations = new Incarnations(1),
            Settings = TrainerWiring.SettingsOf(_run, force: false),
            Checkpoints = _run.Checkpoints,
            Prefetch = _run.Options.Data.Prefetch,
            Engine = _engine,
        };
        TrainerActor.Peers tells = new(Supervisor, _checkpointer, Monitor);
        return _kit.Sys.ActorOf(Props.Create(() => new TrainerActor(setup, tells)), name);
    }

    /// <summary>
    /// Ends the supervisor and starts another, with a higher term, that knows nothing but the ledger.
    /// </summary>
    public void MoveSupervisor()
    {
        _kit.Sys.Stop(_supervisor);
        _supervisor = StartSupervisor();
    }

    /// <summary>Waits until some trainer has made this step.</summary>
    public void AwaitStep(long step, TimeSpan timeout) =>
        Monitor.FishForMessage(m => m is MonitorProtocol.Stepped s && s.Result.Step >= step, timeout);

    private IActorRef StartSupervisor()
    {
        SupervisorSettings settings = new()
        {
            Plan = () => new RunPlan(RunBench.Steps, _run.Options.Training.Replicas, 0, EvaluationEnabled: false)
            {
                Settle = TimeSpan.FromSeconds(0.5),
                // No trainer of these tests falls silent for good, however slow the machine is.
                UnansweredPings = 1000,
                FormTimeout = TimeSpan.FromSeconds(60),
            },
            Identity = _run.NodeIdentity,
            Ledger = _ledger,
            Monitor = Monitor,
            Ended = ending => _ended.TrySetResult(ending),
        };
        return _kit.Sys.ActorOf(Props.Create(() => new RunSupervisor(settings)));
    }

    private sealed class Proxy : ReceiveActor
    {
        public Proxy(Func<IActorRef> target) => ReceiveAny(m => target().Forward(m));
    }
}
