using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;

namespace Starling.Actors.Checkpointing;

/// <summary>
/// Writes and commits snapshots in the background, and prunes old checkpoints. It runs on a thread of its own (pinned
/// dispatcher), because hashing and fsync block. It writes one checkpoint at a time, in the order of the steps.
/// </summary>
public sealed class Checkpointer : ReceiveActor
{
    private readonly CheckpointStore _store;
    private readonly CheckpointWriter _writer;
    private readonly RunDescription _run;
    private readonly KeepPolicy _keep;
    private readonly ICanTell _trainer;
    private readonly IActorRef _monitor;
    private readonly EvaluationFiles _evaluations;

    /// <summary>Creates a writer into one run's folder.</summary>
    /// <param name="store">The run's checkpoints.</param>
    /// <param name="run">Description of the run, for the manifests.</param>
    /// <param name="keep">Decides which checkpoints stay.</param>
    /// <param name="evaluations">
    /// The scores by which the best checkpoints are kept. They are read from files, because the evaluator may be in
    /// another process; so the score of a checkpoint counts from the next commit on.
    /// </param>
    /// <param name="trainer">
    /// Is told of every commit and failure. It passes them on to the supervisor, and repeats the last one.
    /// </param>
    /// <param name="monitor">Is told of the same, with figures.</param>
    /// <param name="time">The clock.</param>
    /// <param name="guard">Decides whether a generation may still commit; null: all may.</param>
    public Checkpointer(CheckpointStore store, RunDescription run, KeepPolicy keep,
        EvaluationFiles evaluations, ICanTell trainer, IActorRef monitor, TimeProvider time,
        ICommitGuard? guard = null)
    {
        _store = store;
        _writer = new CheckpointWriter(store, time, guard);
        _run = run;
        _keep = keep;
        _evaluations = evaluations;
        _trainer = trainer;
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
            _trainer.Tell(new SupervisorProtocol.CheckpointCommitted(snapshot.Generation, snapshot.Step), Self);
        }
        catch (Exception e)
        {
            // The training goes on without this checkpoint: a metric raises the alarm, and the next checkpoint may
            // succeed. Every exception is reported, or a run that waits for its last checkpoint would wait forever.
            string kind = e is CheckpointWriteException refused ? MetricLabel(refused.Failure) : "unexpected";
            _monitor.Tell(new MonitorProtocol.CheckpointFailed(snapshot.Generation, snapshot.Step, kind, e.Message));
            _trainer.Tell(new SupervisorProtocol.CheckpointFailed(snapshot.Generation, snapshot.Step, e.Message), Self);
            return;
        }
        _store.Prune(_keep, line => _monitor.Tell(new MonitorProtocol.Note(line)),
            _evaluations.Ranks(_store));
    }

    private static string MetricLabel(CheckpointFailure failure) =>
        failure.Named();
}
