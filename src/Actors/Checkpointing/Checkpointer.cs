using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;

namespace Starling.Actors.Checkpointing;

/// <summary>
/// Writes snapshots in the background, commits and prunes. Lives on a thread of its own (pinned dispatcher), because
/// hashing and fsync block; one checkpoint at a time, in the order of the steps.
/// </summary>
public sealed class Checkpointer : ReceiveActor
{
    private readonly CheckpointStore _store;
    private readonly CheckpointWriter _writer;
    private readonly RunDescription _run;
    private readonly KeepPolicy _keep;
    private readonly IActorRef _supervisor, _monitor;
    private readonly EvaluationFiles _evaluations;

    /// <summary>A writer into one run's folder.</summary>
    /// <param name="store">The run's checkpoints.</param>
    /// <param name="run">What the run is, for the manifests.</param>
    /// <param name="keep">Which checkpoints stay.</param>
    /// <param name="evaluations">
    /// Scores, by which the best are kept: read from their files, because the evaluator may be another process.
    /// </param>
    /// <param name="supervisor">Told of every commit and failure.</param>
    /// <param name="monitor">Told the same with figures.</param>
    /// <param name="time">The clock.</param>
    /// <param name="guard">Says whether a generation may still commit; by default all may.</param>
    public Checkpointer(CheckpointStore store, RunDescription run, KeepPolicy keep,
        EvaluationFiles evaluations, IActorRef supervisor, IActorRef monitor, TimeProvider time,
        ICommitGuard? guard = null)
    {
        _store = store;
        _writer = new CheckpointWriter(store, time, guard);
        _run = run;
        _keep = keep;
        _evaluations = evaluations;
        _supervisor = supervisor;
        _monitor = monitor;
        Receive<CheckpointerProtocol.Save>(Save);
    }

    private void Save(CheckpointerProtocol.Save m)
    {
        using CheckpointSnapshot snapshot = m.Snapshot;
        try
        {
            CheckpointReceipt receipt = _writer.Write(snapshot, _run, m.Metrics);
            _monitor.Tell(new MonitorProtocol.CheckpointCommitted(snapshot.Generation, receipt));
            _supervisor.Tell(new SupervisorProtocol.CheckpointCommitted(snapshot.Generation, snapshot.Step));
        }
        catch (Exception e)
        {
            // Training goes on without this checkpoint: the metric raises the alarm, the next one may succeed. Whatever
            // it was has to be answered, or a run whose last checkpoint it is would wait for ever.
            string kind = e is CheckpointWriteException refused ? MetricLabel(refused.Failure) : "unexpected";
            _monitor.Tell(new MonitorProtocol.CheckpointFailed(snapshot.Generation, snapshot.Step, kind, e.Message));
            _supervisor.Tell(new SupervisorProtocol.CheckpointFailed(snapshot.Generation, snapshot.Step, e.Message));
            return;
        }
        _store.Prune(_keep, line => _monitor.Tell(new MonitorProtocol.Note(line)),
            _evaluations.Ranks(_store));
    }

    private static string MetricLabel(CheckpointFailure failure) =>
        failure.Named();
}
