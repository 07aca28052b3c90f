using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Evaluating;

/// <summary>
/// Evaluates committed checkpoints while the training goes on. The work is done on a thread of its own, so that the
/// actor can say at any time what it works on. A failure is reported, and does not affect the training.
/// </summary>
public sealed class EvaluatorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan WorkEndTimeout = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly Func<IEvaluation> _open;
    private readonly CheckpointStore _checkpoints;
    private readonly EvaluationFiles _files;
    private readonly Peers _actors;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly SupervisorRegistration _registration;
    private Task _work = Task.CompletedTask;
    private long? _evaluating;
    private SupervisorProtocol.EvaluationEnded? _last;
    private IEvaluation? _evaluation; // belongs to the work while there is any

    /// <summary>Creates an evaluator, which registers with the supervisor once it is started.</summary>
    /// <param name="name">The evaluator's name in the cluster.</param>
    /// <param name="identity">Describes the run; has to be equal on all nodes.</param>
    /// <param name="open">Loads networks and data; called when the first evaluation is requested.</param>
    /// <param name="checkpoints">The run's checkpoints.</param>
    /// <param name="files">Writes the results.</param>
    /// <param name="actors">The actors that the evaluator talks to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Cancels the evaluation at hand.</param>
    public EvaluatorActor(string name, RunIdentity identity, Func<IEvaluation> open, CheckpointStore checkpoints,
        EvaluationFiles files, Peers actors, TimeProvider time, CancellationToken stop)
    {
        _name = name;
        _open = open;
        _checkpoints = checkpoints;
        _files = files;
        _actors = actors;
        _time = time;
        _stop = stop;
        _registration = new SupervisorRegistration(
            Context, Timers, actors.Supervisor, new SupervisorProtocol.RegisterEvaluator(identity, name, Self));
        Receive<SupervisorProtocol.Registered>(_ => { });
        Receive<SupervisorProtocol.RunEnded>(_ => { });
        Receive<SupervisorProtocol.Refused>(_registration.Refuse);
        Receive<SupervisorRegistration.Again>(_ => Register());
        Receive<EvaluatorProtocol.Evaluate>(m => OnEvaluate(m.Step));
        // The mailbox survives a restart, so it may hold the end of an earlier actor's work.
        Receive<WorkEnded>(m => m.Step == _evaluating, m => OnWorkEnded(m.Ended));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actors that an evaluator talks to.</summary>
    public sealed record Peers(IActorRef Supervisor, IActorRef Monitor);

    /// <summary>Registers with the supervisor.</summary>
    protected override void PreStart() => Register();

    /// <summary>
    /// Waits for the work and frees the networks. Blocks, so the actor needs a thread of its own (pinned dispatcher).
    /// </summary>
    protected override void PostStop()
    {
        // The process crashes if it ends while a thread is inside libtorch. Networks in use are not freed.
        if (_work.Wait(WorkEndTimeout)) _evaluation?.Dispose();
    }

    private void Register()
    {
        _registration.Send();
        _actors.Supervisor.Tell(new SupervisorProtocol.EvaluatorReported(_name, _evaluating ?? -1));
    }

    private void OnEvaluate(long step)
    {
        if (_stop.IsCancellationRequested) return; // this node ends; then another evaluator gets the step
        if (_evaluating is not null) return; // this step already, or one that the supervisor does not wait for any more
        if (_last?.Step == step)
        {
            _actors.Supervisor.Tell(_last);
            return;
        }
        _evaluating = step;
        IActorRef self = Self;
        _work = Task.Factory.StartNew(() => self.Tell(new WorkEnded(step, Evaluate(step)), ActorRefs.NoSender),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void OnWorkEnded(SupervisorProtocol.EvaluationEnded? ended)
    {
        _evaluating = null;
        if (ended is null) return; // it was stopped
        _last = ended;
        _actors.Supervisor.Tell(ended);
    }

    /// <summary>
    /// Evaluates a checkpoint, on the thread of the work. Does not throw. Returns null if the evaluation was stopped.
    /// </summary>
    private SupervisorProtocol.EvaluationEnded? Evaluate(long step)
    {
        long start = _time.GetTimestamp();
        try
        {
            // The pin keeps the checkpoint from being pruned while it is read.
            using IDisposable pin = _checkpoints.TryPin(step) ??
                throw new InvalidOperationException($"there is no checkpoint of step {step} any more");
            Report(new MonitorProtocol.EvaluationStarted(step));
            _evaluation ??= _open();
            LoadedCheckpoint checkpoint = PatientReads.Run(() => _checkpoints.Load(step),
                line => Report(new MonitorProtocol.Note(line)), _stop);
            EvaluationReport report = _evaluation.Evaluate(checkpoint, _stop);
            IReadOnlyList<string> images = _files.Write(report);
            Report(new MonitorProtocol.Evaluated(step, report, images, _time.GetElapsedTime(start)));
            return new SupervisorProtocol.EvaluationEnded(step, null);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception e)
        {
            Report(new MonitorProtocol.EvaluationFailed(step, e.Message));
            return new SupervisorProtocol.EvaluationEnded(step, e.Message);
        }
    }

    private void Report(object report) => _actors.Monitor.Tell(report, ActorRefs.NoSender);

    private sealed record WorkEnded(long Step, SupervisorProtocol.EvaluationEnded? Ended)
        : INoSerializationVerificationNeeded;
}
