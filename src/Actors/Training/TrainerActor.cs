using System.Runtime.InteropServices;
using System.Threading.Channels;
using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.Training;

/// <summary>
/// Controls a <see cref="TrainerLoop"/>: carries out the supervisor's orders, feeds the loop, and passes on the loop's
/// reports. The actor holds no tensor and never waits for the loop, so it answers at once, even in the middle of a
/// step. If the supervisor falls silent, the trainer keeps its state and repeats its registration.
/// </summary>
/// <remarks>
/// Messages to and from the supervisor may be lost. The trainer repeats its last report with every answer to a ping,
/// and a few times shortly after it made the report. The supervisor repeats the order that a repeated report shows to
/// be missing. An order that was carried out already is dropped.
/// </remarks>
public sealed class TrainerActor : ReceiveActor, IWithTimers
{
    /// <summary>
    /// A report is repeated at this interval until the pings, one a second, have surely taken over. A connection that
    /// was reset is made again within a tenth of a second, so the first repetition usually arrives.
    /// </summary>
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(0.25);

    private const int QuickRepeats = 4;

    private readonly TrainerSetup _setup;
    private readonly Peers _actors;
    private readonly long _incarnation;
    private readonly TrainerReports _reports;
    private readonly TrainerLoop _loop;
    private readonly SupervisorRegistration _registration;
    private TrainerProtocol.Assign? _assigned;
    private long _term;
    private long _step;
    private bool _leaving, _connects, _trains;
    private object? _repeated, _stored;
    private int _repeats;
    private IActorRef? _feeder;
    private Channel<StepBatch>? _batches;

    /// <summary>Creates a trainer, which registers with the supervisor once it is started.</summary>
    /// <param name="setup">The trainer's settings and services.</param>
    /// <param name="actors">The actors that the trainer talks to.</param>
    public TrainerActor(TrainerSetup setup, Peers actors)
    {
        _setup = setup;
        _actors = actors;
        _incarnation = setup.Incarnations.Next();
        _reports = new TrainerReports(setup.Name, Self, actors);
        _loop = new TrainerLoop(setup, _reports);
        _registration = new SupervisorRegistration(Context, Timers, actors.Supervisor,
            NewRegistration([]));

        Receive<SupervisorProtocol.Registered>(m => IsLatest(m.Term));
        Receive<SupervisorProtocol.RunEnded>(_ => GiveUp("the run is over"));
        Receive<SupervisorProtocol.Refused>(_registration.Refuse);
        Receive<SupervisorRegistration.Again>(_ => Register());
        Receive<TrainerProtocol.Ping>(m => IsLatest(m.Term), AnswerPing);
        Receive<TrainerProtocol.Assign>(m => IsLatest(m.Term), JoinGeneration);
        Receive<TrainerProtocol.LoadersChanged>(m => IsLatest(m.Term), LoadersChanged);
        Receive<TrainerProtocol.Connect>(m => IsCurrent(m.Generation) && !_connects, m =>
        {
            _connects = true;
            _loop.Connect([.. m.Blobs.Select(b => b.ToArray())], m.SourceRank, m.FromDisk);
        });
        Receive<TrainerProtocol.Begin>(m => IsCurrent(m.Generation) && !_trains, BeginTraining);
        Receive<TrainerProtocol.Halt>(m => IsCurrent(m.Generation), _ => _loop.Halt());
        Receive<TrainerProtocol.Stop>(m => IsCurrent(m.Generation), _ => GiveUp("there are no more steps"));
        Receive<TrainerProtocol.Leave>(_ =>
        {
            _leaving = true;
            Register();
        });
        Receive<TrainerProtocol.Released>(m => m.Trainer == setup.Name, OnReleased);
        Receive<SupervisorProtocol.CheckpointCommitted>(m => ReportStored(m.Generation, m));
        Receive<SupervisorProtocol.CheckpointFailed>(m => ReportStored(m.Generation, m));
        Receive<RepeatReport>(_ => RepeatQuickly());
        Receive<TrainerReports.LoopReady>(m => IsCurrent(m.Generation), ReportReady);
        // The mailbox survives a restart, so it may hold a failure of the previous incarnation's loop. It is dropped,
        // because the restart has dealt with it.
        Receive<TrainerReports.LoopFailed>(m => m.Source == _reports, m => OnLoopFailed(m.Reason));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actors that a trainer talks to.</summary>
    public sealed record Peers(IActorRef Supervisor, IActorRef Checkpointer, IActorRef Monitor);

    /// <summary>
    /// Computes how many steps are prepared ahead of a trainer: enough for <paramref name="prefetch"/> batches of
    /// <paramref name="replicas"/> replicas each step, and at least two.
    /// </summary>
    internal static int StepsAhead(int prefetch, int replicas) =>
        Math.Max(2, (prefetch + replicas - 1) / Math.Max(1, replicas));

    /// <summary>Registers with the supervisor.</summary>
    protected override void PreStart()
    {
        Register();
        StartRepeating();
    }

    /// <summary>Ends the loop and waits for the micro-batch at hand.</summary>
    protected override void PostStop()
    {
        _loop.Dispose();
        // The process crashes if it ends, or if the next incarnation loads a state, while this thread is in libtorch.
        if (!_loop.Join(_setup.ThreadEndTimeout)) _setup.EndProcess($"the thread of {_setup.Name} does not end");
    }

    /// <summary>
    /// Checks that an order comes from the latest supervisor so far, and notes its term. Orders of lower terms are
    /// ignored.
    /// </summary>
    private bool IsLatest(long term)
    {
        if (term < _term) return false;
        _term = term;
        return true;
    }

    private bool IsCurrent(long generation) => _assigned?.Generation == generation;

    private void Register()
    {
        _registration.Send();
        // Sent after every registration, because a new supervisor knows neither the trainer nor that it is leaving.
        if (_leaving) _actors.Supervisor.Tell(new SupervisorProtocol.TrainerLeaving(_setup.Name, _incarnation));
    }

    private SupervisorProtocol.RegisterTrainer NewRegistration(IReadOnlyList<string> hosts) =>
        new(_setup.Settings.Identity, _setup.Name, _incarnation, Self) { Hosts = hosts };

    private void AnswerPing(TrainerProtocol.Ping m)
    {
        _loop.Permit.Renew();
        _actors.Supervisor.Tell(new SupervisorProtocol.TrainerAnswered(
            _setup.Name, _incarnation, m.Sequence, _assigned?.Generation ?? 0));
        _reports.Repeat();
        if (_stored is not null) _actors.Supervisor.Tell(_stored);
    }

    /// <summary>Repeats a report of the loop a few times, so that a lost one costs a fraction of a second.</summary>
    private void RepeatQuickly()
    {
        object? last = _reports.Last;
        // A report of a step needs no haste: the loop goes on without an order.
        if (last is not (null or SupervisorProtocol.StepApplied))
        {
            if (last != _repeated) (_repeated, _repeats) = (last, 0);
            else if (++_repeats <= QuickRepeats) _reports.Repeat();
        }
        StartRepeating();
    }

    private void StartRepeating() =>
        Timers.StartSingleTimer(RepeatReport.Instance, RepeatReport.Instance, RepeatInterval);

    private void ReportStored(long generation, object report)
    {
        if (IsCurrent(generation)) _stored = report;
        _actors.Supervisor.Tell(report);
    }

    private void JoinGeneration(TrainerProtocol.Assign m)
    {
        if (m.Generation <= _assigned?.Generation) return; // a repeated decision, or an older one that arrived late
        _assigned = m;
        (_connects, _trains) = (false, false);
        // A commit of an earlier generation is not repeated: that checkpoint may turn out to be damaged.
        _stored = null;
        _reports.Forget();
        _registration.Message = NewRegistration([.. m.Hosting.Select(h => h.Trainer)]);
        _loop.Permit.Renew(); // an assignment is durable, so its sender was the one valid supervisor
        _loop.Bind(new Assignment(m.Generation, m.Rank, m.Hosting)); // first, because it ends the exchange at hand
        StopFeeding();
    }

    private void ReportReady(TrainerReports.LoopReady m)
    {
        _step = m.Step;
        if (m.Step >= 0)
        {
            int[] replicas = [.. _assigned!.Hosting.Select(h => h.Replicas.Count)];
            _actors.Monitor.Tell(new MonitorProtocol.TrainerReady(m.Generation, m.Step, m.Checkpoint, _assigned.Rank,
                replicas[_assigned.Rank], replicas.Sum()));
        }
        else
        {
            _actors.Monitor.Tell(MonitorProtocol.TrainerSpare.Instance);
        }
        _reports.Report(new SupervisorProtocol.TrainerReady(_setup.Name, m.Generation, m.Step, m.Checkpoint));
    }

    private void BeginTraining(TrainerProtocol.Begin m)
    {
        _trains = true;
        IReadOnlyList<int> replicas = _assigned!.Hosting[_assigned.Rank].Replicas;
        int ahead = StepsAhead(_setup.Prefetch, replicas.Count);
        _batches = Channel.CreateBounded<StepBatch>(new BoundedChannelOptions(ahead) { SingleReader = true });
        IActorRef feeder = StartFeeding(_batches);
        _loop.Train(new StepQueueReader(_batches.Reader, feeder), m.Checkpoint);
    }

    /// <summary>Selects the loaders that this trainer can ask.</summary>
    private IReadOnlyList<IActorRef> Usable(IReadOnlyList<IActorRef> loaders) => _setup.OwnLoadersOnly
        ? [.. loaders.Where(loader => loader is IActorRefScope { IsLocal: true })]
        : loaders;

    /// <summary>
    /// Notes which loaders there are. The list comes with every ping, and the feeder gets it even if nothing is new:
    /// the feeder takes a loader off when it hears of its death, and after a lost message that may be wrong.
    /// </summary>
    private void LoadersChanged(TrainerProtocol.LoadersChanged m)
    {
        if (_assigned is null) return;
        _assigned = _assigned with { Loaders = m.Loaders };
        _feeder?.Tell(new BatchFeeder.LoadersChanged(Usable(m.Loaders)));
    }

    private IActorRef StartFeeding(Channel<StepBatch> steps)
    {
        IReadOnlyList<int> replicas = _assigned!.Hosting[_assigned.Rank].Replicas;
        BatchFeeder.Plan plan = new(_step, _setup.Settings.Step.Training.Steps, replicas, Usable(_assigned.Loaders),
            StepsAhead(_setup.Prefetch, replicas.Count), _setup.LoaderTimeout)
        {
            OthersMayCome = _setup.LoadersMayCome,
        };
        TrainerReports reports = _reports;
        long generation = _assigned.Generation;
        bool ownLoadersOnly = _setup.OwnLoadersOnly;
        _feeder = Context.ActorOf(Props.Create(() => new BatchFeeder(plan, steps,
            failed => reports.Failed(LoaderFailure(failed, ownLoadersOnly)),
            reason => reports.DataFailed(generation, reason))));
        return _feeder;
    }

    private void StopFeeding()
    {
        if (_feeder is not null) Context.Stop(_feeder);
        _feeder = null;
        _batches?.Writer.TryComplete();
        _batches = null;
    }

    private void GiveUp(string reason)
    {
        _loop.Abort(reason);
        StopFeeding();
    }

    private void OnReleased(TrainerProtocol.Released m)
    {
        _registration.End(); // another registration would add this trainer to the run again
        GiveUp("released");
        Context.System.EventStream.Publish(m);
    }

    private void OnLoopFailed(Exception reason)
    {
        StopFeeding();
        if (reason is StarlingException { Scope: var scope })
        {
            // A restart would not help: the mistake is the user's to correct, here or everywhere.
            _reports.Report(scope == FaultScope.Run
                ? new SupervisorProtocol.Fatal(reason.Message)
                : new SupervisorProtocol.TrainerUnfit(_setup.Name, _incarnation, reason.Message, scope));
            return;
        }
        _actors.Monitor.Tell(new MonitorProtocol.TrainerFailed(reason.ToString()));
        _actors.Supervisor.Tell(new SupervisorProtocol.TrainerFailed(_setup.Name, _incarnation, reason.Message));
        if (IsDeviceFailure(reason)) _setup.EndProcess(reason.Message);
        // Restarts the actor: it gets a new thread, and a state from another trainer or the newest checkpoint.
        throw new TrainerFailedException(reason);
    }

    /// <summary>
    /// Tells errors of the GPU from others: libtorch throws <see cref="ExternalException"/>, and an error of the device
    /// names CUDA or cuDNN.
    /// </summary>
    private static bool IsDeviceFailure(Exception reason) => reason is ExternalException &&
        (reason.Message.Contains("CUDA", StringComparison.Ordinal) ||
            reason.Message.Contains("cuDNN", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Makes an exception of the last refusal of a share. If every loader of the run was asked, no trainer will get the
    /// share.
    /// </summary>
    private static StarlingException LoaderFailure(LoaderProtocol.Failed failed, bool ownLoadersOnly) =>
        new(failed.Reason, scope: ownLoadersOnly ? failed.Scope : FaultScope.Run);

    private sealed record RepeatReport : INoSerializationVerificationNeeded
    {
        public static readonly RepeatReport Instance = new();
    }
}
