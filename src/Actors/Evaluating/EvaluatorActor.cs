using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Evaluating;

/// <summary>
/// Evaluates committed checkpoints while the training goes on, on a thread of its own (pinned dispatcher). A failure
/// is reported, and does not affect the training.
/// </summary>
public sealed class EvaluatorActor : ReceiveActor, IWithTimers
{
    private readonly Func<IEvaluation> _open;
    private readonly CheckpointStore _checkpoints;
    private readonly EvaluationFiles _files;
    private readonly Peers _actors;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly SupervisorRegistration _registration;
    private IEvaluation? _evaluation;

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
        Receive<SupervisorRegistration.Again>(_ => _registration.Send());
        Receive<EvaluatorProtocol.Evaluate>(m => Evaluate(m.Step));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actors that an evaluator talks to.</summary>
    public sealed record Peers(IActorRef Supervisor, IActorRef Monitor);

    /// <summary>Registers with the supervisor.</summary>
    protected override void PreStart() => _registration.Send();

    /// <summary>Frees the networks.</summary>
    protected override void PostStop() => _evaluation?.Dispose();

    private void Evaluate(long step)
    {
        string? failure = null;
        long start = _time.GetTimestamp();
        try
        {
            // The pin keeps the checkpoint from being pruned while it is read.
            using IDisposable pin = _checkpoints.TryPin(step) ??
                throw new InvalidOperationException($"there is no checkpoint of step {step} any more");
            _actors.Monitor.Tell(new MonitorProtocol.EvaluationStarted(step));
            _evaluation ??= _open();
            EvaluationReport report = _evaluation.Evaluate(_checkpoints.Load(step), _stop);
            IReadOnlyList<string> images = _files.Write(report);
            _actors.Monitor.Tell(new MonitorProtocol.Evaluated(step, report, images, _time.GetElapsedTime(start)));
        }
        catch (OperationCanceledException)
        {
            failure = "stopped";
        }
        catch (Exception e)
        {
            failure = e.Message;
            _actors.Monitor.Tell(new MonitorProtocol.EvaluationFailed(step, e.Message));
        }
        _actors.Supervisor.Tell(new SupervisorProtocol.EvaluationEnded(step, failure));
    }
}
