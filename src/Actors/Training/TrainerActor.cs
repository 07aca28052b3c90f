using System.Runtime.InteropServices;
using System.Threading.Channels;
using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.Training;

/// <summary>
/// The control shell around a <see cref="TrainerLoop"/>: takes the supervisor's orders, feeds the loop, and passes on
/// what it reports. Holds no tensor and never waits for one, so it answers at once in the middle of a step. A
/// supervisor that falls silent changes nothing: the state stays, and the trainer offers itself until it is heard.
/// </summary>
public sealed class TrainerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LoopTimeout = TimeSpan.FromSeconds(30);

    private readonly TrainerSetup _setup;
    private readonly Peers _actors;
    private readonly long _incarnation;
    private readonly TrainerReports _reports;
    private readonly TrainerLoop _loop;
    private readonly SupervisorRegistration _registration;
    private TrainerProtocol.Assign? _assigned;
    private long _term;
    private long _step;
    private bool _leaving;
    private IActorRef? _feeder;
    private Channel<StepBatch>? _batches;

    /// <summary>A trainer that offers itself to the supervisor.</summary>
    /// <param name="setup">What it is made from.</param>
    /// <param name="actors">Who is told what.</param>
    public TrainerActor(TrainerSetup setup, Peers actors)
    {
        _setup = setup;
        _actors = actors;
        _incarnation = setup.Incarnations.Next();
        _reports = new TrainerReports(setup.Name, Self, actors);
        _loop = new TrainerLoop(setup, _reports);
        _registration = new SupervisorRegistration(Context, Timers, actors.Supervisor,
            new SupervisorProtocol.RegisterTrainer(setup.Settings.Identity, setup.Name, _incarnation, Self));

        Receive<SupervisorProtocol.Registered>(m => IsLatest(m.Term));
        Receive<SupervisorProtocol.RunOver>(_ => GiveUp("the run is over"));
        Receive<SupervisorProtocol.Refused>(_registration.Refuse);
        Receive<SupervisorRegistration.Again>(_ => Offer());
        Receive<TrainerProtocol.Ping>(m => IsLatest(m.Term), Answer);
        Receive<TrainerProtocol.Assign>(m => IsLatest(m.Term), Assigned);
        Receive<TrainerProtocol.LoadersChanged>(m => IsLatest(m.Term), LoadersChanged);
        Receive<TrainerProtocol.Connect>(m => IsCurrent(m.Generation), m =>
            _loop.Connect([.. m.Blobs.Select(b => b.ToArray())], m.SourceRank, m.FromDisk));
        Receive<TrainerProtocol.Begin>(m => IsCurrent(m.Generation), Begin);
        Receive<TrainerProtocol.Halt>(m => IsCurrent(m.Generation), _ => _loop.Halt());
        Receive<TrainerProtocol.Stop>(m => IsCurrent(m.Generation), _ => GiveUp("there are no more steps"));
        Receive<TrainerProtocol.Leave>(_ =>
        {
            _leaving = true;
            Offer();
        });
        Receive<TrainerProtocol.Released>(m => m.Trainer == setup.Name, Released);
        Receive<TrainerReports.Prepared>(m => IsCurrent(m.Generation), Prepared);
        // A restart keeps the mailbox: what is left in it of the incarnation before has been dealt with by the restart.
        Receive<TrainerReports.LoopFailed>(m => m.Source == _reports, m => Failed(m.Reason));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Who a trainer talks to.</summary>
    public sealed record Peers(IActorRef Supervisor, IActorRef Checkpointer, IActorRef Monitor);

    /// <summary>
    /// Steps that are prepared ahead of a trainer with so many replicas: one to work on, one to come, at least.
    /// </summary>
    internal static int StepsAhead(int prefetch, int replicas) =>
        Math.Max(2, (prefetch + replicas - 1) / Math.Max(1, replicas));

    /// <summary>Registers with the supervisor.</summary>
    protected override void PreStart() => Offer();

    /// <summary>Ends the loop and waits for the micro-batch at hand.</summary>
    protected override void PostStop()
    {
        _loop.Dispose();
        // A thread still inside libtorch while the process ends, or while its successor loads, ends in a crash.
        _loop.Join(LoopTimeout);
    }

    /// <summary>Whether an order comes from the last supervisor there is; a lower term is ignored for good.</summary>
    private bool IsLatest(long term)
    {
        if (term < _term) return false;
        _term = term;
        return true;
    }

    private bool IsCurrent(long generation) => _assigned?.Generation == generation;

    private void Offer()
    {
        _registration.Send();
        // After the registration, and as often: a supervisor that has just begun knows neither.
        if (_leaving) _actors.Supervisor.Tell(new SupervisorProtocol.TrainerLeaving(_setup.Name, _incarnation));
    }

    private void Answer(TrainerProtocol.Ping m)
    {
        _loop.Permit.Renew();
        _actors.Supervisor.Tell(new SupervisorProtocol.Pong(_setup.Name, _incarnation, m.Sequence));
    }

    private void Assigned(TrainerProtocol.Assign m)
    {
        if (m.Generation <= _assigned?.Generation) return; // an older decision that was overtaken on the way
        _assigned = m;
        _loop.Permit.Renew(); // a decision is made durable by the one supervisor there is
        _loop.Bind(new Assignment(m.Generation, m.Rank, m.Hosting)); // first of all: it ends the exchange at hand
        StopFeeding();
    }

    private void Prepared(TrainerReports.Prepared m)
    {
        _step = m.Step;
        if (m.Step >= 0) _actors.Monitor.Tell(new MonitorProtocol.Prepared(m.Generation, m.Step));
        _actors.Supervisor.Tell(new SupervisorProtocol.Ready(_setup.Name, m.Generation, m.Step, m.Checkpoint));
    }

    private void Begin(TrainerProtocol.Begin m)
    {
        IReadOnlyList<int> replicas = _assigned!.Hosting[_assigned.Rank].Replicas;
        int ahead = StepsAhead(_setup.Prefetch, replicas.Count);
        _batches = Channel.CreateBounded<StepBatch>(new BoundedChannelOptions(ahead) { SingleReader = true });
        IActorRef feeder = StartFeeding(_batches);
        _loop.Train(new StepQueueReader(_batches.Reader, feeder), m.Checkpoint);
    }

    /// <summary>Whom this trainer can ask.</summary>
    private IReadOnlyList<IActorRef> Usable(IReadOnlyList<IActorRef> loaders) => _setup.OwnLoadersOnly
        ? [.. loaders.Where(loader => loader is IActorRefScope { IsLocal: true })]
        : loaders;

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
            StepsAhead(_setup.Prefetch, replicas.Count), _setup.LoaderTimeout);
        TrainerReports reports = _reports;
        _feeder = Context.ActorOf(Props.Create(() => new BatchFeeder(plan, steps,
            failed => reports.Failed(LoaderFailure(failed)))));
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

    private void Released(TrainerProtocol.Released m)
    {
        _registration.End(); // or it would be taken in again
        GiveUp("released");
        Context.System.EventStream.Publish(m);
    }

    private void Failed(Exception reason)
    {
        StopFeeding();
        if (reason is StarlingException)
        {
            _actors.Supervisor.Tell(new SupervisorProtocol.Fatal(reason.Message));
            return;
        }
        _actors.Monitor.Tell(new MonitorProtocol.TrainerFailed(reason.ToString()));
        _actors.Supervisor.Tell(new SupervisorProtocol.TrainerFailed(_setup.Name, _incarnation, reason.Message));
        if (IsDeviceFailure(reason)) _setup.EndProcess(reason.Message);
        // A new actor, a new thread, a state from another trainer or the newest checkpoint.
        throw new TrainerFailedException(reason);
    }

    /// <summary>
    /// libtorch's errors come as <see cref="ExternalException"/>; those of a device name its library.
    /// </summary>
    private static bool IsDeviceFailure(Exception reason) => reason is ExternalException &&
        (reason.Message.Contains("CUDA", StringComparison.Ordinal) ||
            reason.Message.Contains("cuDNN", StringComparison.OrdinalIgnoreCase));

    private static Exception LoaderFailure(LoaderProtocol.Failed failed) => failed.UserMistake
        ? new StarlingException(failed.Reason)
        : new InvalidOperationException($"a loader failed: {failed.Reason}");
}
