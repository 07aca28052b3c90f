using System.Threading.Channels;
using Akka.Actor;
using Starling.Actors.Checkpointing;
using Starling.Actors.Loading;
using Starling.Actors.Monitoring;
using Starling.Actors.Supervision;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;
using Starling.Model.Training;

namespace Starling.Actors.Training;

/// <summary>
/// The control shell around a <see cref="TrainerLoop"/>: takes the supervisor's orders, feeds the loop, and passes on
/// what it reports. Holds no tensor and never waits for one, so it answers at once in the middle of a step.
/// </summary>
public sealed class TrainerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LoaderPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LoopPatience = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly long _incarnation;
    private readonly TrainerActors _actors;
    private readonly Reports _reports;
    private readonly TrainerLoop _loop;
    private readonly long _steps;
    private readonly int _prefetch;
    private readonly Registration _registration;
    private TrainerProtocol.Assign? _assigned;
    private long _term;
    private long _step;
    private IActorRef? _feeder;
    private Channel<StepBatch>? _batches;

    /// <summary>A trainer that offers itself to the supervisor.</summary>
    /// <param name="name">The trainer's name in the cluster.</param>
    /// <param name="incarnation">Greater after every restart.</param>
    /// <param name="settings">The run.</param>
    /// <param name="checkpoints">Where the state is loaded from.</param>
    /// <param name="prefetch">Replica batches prepared ahead.</param>
    /// <param name="actors">Who is told what.</param>
    /// <param name="time">The clock.</param>
    public TrainerActor(string name, long incarnation, TrainerSettings settings, CheckpointStore checkpoints,
        int prefetch, TrainerActors actors, TimeProvider time)
    {
        _name = name;
        _incarnation = incarnation;
        _actors = actors;
        _steps = settings.Step.Training.Steps;
        _prefetch = prefetch;
        _reports = new Reports(name, Self, actors);
        _loop = new TrainerLoop(settings, checkpoints, _reports, time);
        _registration = new Registration(Context, Timers, actors.Supervisor,
            new SupervisorProtocol.RegisterTrainer(settings.Identity, name, incarnation, Self));

        Receive<SupervisorProtocol.Registered>(m => IsLatest(m.Term));
        Receive<SupervisorProtocol.RunOver>(_ => { });
        Receive<TrainerProtocol.Released>(Context.System.EventStream.Publish); // for whoever runs the node
        Receive<SupervisorProtocol.Refused>(_registration.Refuse);
        Receive<Registration.Again>(_ => _registration.Send());
        Receive<TrainerProtocol.Ping>(m => IsLatest(m.Term), m =>
            actors.Supervisor.Tell(new SupervisorProtocol.Pong(_name, _incarnation, m.Sequence)));
        Receive<TrainerProtocol.Assign>(m => IsLatest(m.Term), Assigned);
        Receive<TrainerProtocol.Connect>(m => IsCurrent(m.Generation), m => _loop.Prepare(m.Generation));
        Receive<TrainerProtocol.Begin>(m => IsCurrent(m.Generation), _ => Begin());
        Receive<TrainerProtocol.Halt>(m => IsCurrent(m.Generation), m => _loop.Halt(m.Generation));
        Receive<Prepared>(m => IsCurrent(m.Generation), PreparedState);
        Receive<BatchFeeder.Taken>(m => _feeder?.Tell(m));
        // A restart keeps the mailbox: what is left in it of the incarnation before has been dealt with by the restart.
        Receive<LoopFailed>(m => m.Source == _reports, m => Failed(m.Reason));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Who a trainer talks to.</summary>
    public sealed record TrainerActors(IActorRef Supervisor, IActorRef Checkpointer, IActorRef Monitor);

    /// <summary>
    /// Steps that are prepared ahead of a trainer with so many replicas: one to work on, one to come, at least.
    /// </summary>
    internal static int StepsAhead(int prefetch, int replicas) =>
        Math.Max(2, (prefetch + replicas - 1) / Math.Max(1, replicas));

    /// <summary>Registers with the supervisor.</summary>
    protected override void PreStart() => _registration.Send();

    /// <summary>Ends the loop and waits for the step at hand.</summary>
    protected override void PostStop()
    {
        _loop.Dispose();
        // A thread still inside libtorch while the process ends, or while its successor loads, ends in a crash.
        _loop.Join(LoopPatience);
    }

    /// <summary>Whether an order comes from the last supervisor there is; a lower term is ignored for good.</summary>
    private bool IsLatest(long term)
    {
        if (term < _term) return false;
        _term = term;
        return true;
    }

    private bool IsCurrent(long generation) => _assigned?.Generation == generation;

    private void Assigned(TrainerProtocol.Assign m)
    {
        if (m.Generation <= _assigned?.Generation) return; // an older decision that was overtaken on the way
        _assigned = m;
        StopFeeding();
        if (m.Rank >= 0) _loop.Bind(m.Generation);
        else _actors.Supervisor.Tell(new SupervisorProtocol.Ready(_name, m.Generation, -1, -1));
    }

    private void PreparedState(Prepared m)
    {
        _step = m.Step;
        _actors.Monitor.Tell(new MonitorProtocol.Prepared(m.Generation, m.Step));
        _actors.Supervisor.Tell(new SupervisorProtocol.Ready(_name, m.Generation, m.Step, m.Checkpoint));
    }

    private void Begin()
    {
        IReadOnlyList<int> replicas = _assigned!.Hosting[_assigned.Rank].Replicas;
        int ahead = StepsAhead(_prefetch, replicas.Count);
        _batches = Channel.CreateBounded<StepBatch>(new BoundedChannelOptions(ahead) { SingleReader = true });
        BatchFeeder.Plan plan = new(_step, _steps, replicas, _assigned.Loaders, ahead, LoaderPatience);
        ChannelWriter<StepBatch> writer = _batches.Writer;
        Reports reports = _reports;
        _feeder = Context.ActorOf(Props.Create(() => new BatchFeeder(plan, writer,
            failed => reports.Failed(LoaderFailure(failed)))));
        _loop.Train(_assigned.Generation, _batches.Reader);
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
        _actors.Supervisor.Tell(new SupervisorProtocol.TrainerFailed(_name, _incarnation, reason.Message));
        // A new actor, a new thread, a state from the newest checkpoint.
        throw new TrainerFailedException(reason);
    }

    private void StopFeeding()
    {
        if (_feeder is not null) Context.Stop(_feeder);
        _feeder = null;
        _batches?.Writer.TryComplete(); // wakes a loop that still waits for the old generation's batches
        _batches = null;
    }

    private static Exception LoaderFailure(LoaderProtocol.Failed failed) => failed.UserMistake
        ? new StarlingException(failed.Reason)
        : new InvalidOperationException($"a loader failed: {failed.Reason}");

    private sealed record Prepared(long Generation, long Step, long Checkpoint);

    private sealed record LoopFailed(Reports Source, Exception Reason);

    /// <summary>Turns the loop's calls, made on its thread, into messages.</summary>
    private sealed class Reports(string name, IActorRef self, TrainerActors actors) : ITrainerReports
    {
        public void Bound(long generation, long step, long checkpoint) => Tell(actors.Supervisor,
            new SupervisorProtocol.Bound(name, generation, ReadOnlyMemory<byte>.Empty, step, checkpoint));

        public void Ready(long generation, long step, long checkpoint) =>
            Tell(self, new Prepared(generation, step, checkpoint));

        public void Taken(StepBatch batch) => Tell(self, new BatchFeeder.Taken(batch.Step));

        public void Stepped(long generation, StepResult result, StepTiming timing, IReadOnlyList<BadPicture> bad)
        {
            Tell(actors.Monitor, new MonitorProtocol.Stepped(generation, result, timing, bad));
            Tell(actors.Supervisor, new SupervisorProtocol.StepApplied(name, generation, result.Step,
                (timing.Total - timing.Waited).TotalSeconds, timing.Waited.TotalSeconds));
        }

        public void Captured(CheckpointSnapshot snapshot, LossParts losses, TimeSpan blocked)
        {
            Tell(actors.Monitor, new MonitorProtocol.Captured(snapshot.Step, blocked));
            Tell(actors.Checkpointer, new CheckpointerProtocol.Save(snapshot, Figures(losses)));
        }

        public void Ended(long generation, long step) =>
            Tell(actors.Supervisor, new SupervisorProtocol.TrainingEnded(name, generation, step));

        public void Note(string line) => Tell(actors.Monitor, new MonitorProtocol.Note(line));

        public void Failed(Exception reason) => Tell(self, new LoopFailed(this, reason));

        private static void Tell(IActorRef to, object message) => to.Tell(message, ActorRefs.NoSender);

        private static Dictionary<string, double> Figures(LossParts l) => new()
        {
            ["loss_ar"] = l.AutoRegressive,
            ["loss_mim"] = l.MaskedAttention,
            ["loss_contrast_step"] = l.ContrastStep,
            ["loss_contrast_view"] = l.ContrastView,
            ["loss_total"] = l.Total,
        };
    }
}
