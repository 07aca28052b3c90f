using System.Diagnostics;
using System.Text.Json.Nodes;
using Akka.Actor;
using Starling.Actors.Collectives;
using Starling.Actors.Coordination;
using Starling.Actors.Metrics;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Training;

namespace Starling.Actors.Monitoring;

/// <summary>
/// Keeps a node's metrics, event log and terminal view. The monitor only receives messages and sends none to other
/// actors, so nothing in the training waits for it or depends on it.
/// </summary>
public sealed class MonitorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromSeconds(0.5);

    private readonly MonitorOutputs _out;
    private readonly StepFacts _facts;
    private readonly HashSet<long> _badSeen = [];
    private readonly LeaderFigures _leader;
    private RunProgress _progress;
    private long _generation;
    private RunPhase? _phase;
    private (int Own, int All) _replicas = (1, 1);

    /// <summary>Makes the monitor of one node.</summary>
    /// <param name="outputs">Where the monitor writes.</param>
    /// <param name="progress">The figures of the run before its first step.</param>
    /// <param name="facts">What the configuration says of every step.</param>
    public MonitorActor(MonitorOutputs outputs, RunProgress progress, StepFacts facts)
    {
        _out = outputs;
        _progress = progress;
        _facts = facts;
        _leader = new LeaderFigures(outputs.Metrics.Leader, progress.TotalSteps,
            step => (progress with { Step = step }).Epoch,
            new LeaderFiles(outputs.RunFolder, ProcessStart(), TimeProvider.System), TimeProvider.System);
        Receive<MonitorProtocol.RunChanged>(m => OnRunChanged(m.State));
        Receive<MonitorProtocol.TrainerReady>(OnTrainerReady);
        Receive<MonitorProtocol.TrainerSpare>(_ => OnTrainerPrepared(isFirst: false));
        Receive<MonitorProtocol.Stepped>(OnStepped);
        Receive<MonitorProtocol.BatchQueue>(m => _out.Metrics.Data.Queue("batches", m.Depth, m.Capacity));
        Receive<MonitorProtocol.LoaderFault>(m =>
        {
            _out.Metrics.Data.LoaderFault(m.Kind);
            if (!m.IsNew) return;
            _out.Events.Write(
                "loader_fault", _progress.Step, _generation, ("kind", m.Kind), ("reason", m.Reason));
            _out.View.Note($"the loader cannot make a share ({m.Kind}): {m.Reason.Split('\n')[0].Trim()}");
        });
        Receive<MonitorProtocol.Captured>(m =>
        {
            _out.Metrics.Checkpoints.Blocked(m.Blocked.TotalSeconds);
            _out.Metrics.Checkpoints.Phase("stage", m.Blocked.TotalSeconds);
            _out.Metrics.Progress.Wall("checkpoint_block", m.Blocked.TotalSeconds);
        });
        Receive<MonitorProtocol.CheckpointCommitted>(OnCheckpointCommitted);
        // The supervisor tells the user, with a note.
        Receive<MonitorProtocol.CheckpointFailed>(m =>
        {
            _out.Metrics.Checkpoints.Failed(m.Kind);
            if (m.Kind == "fenced") _out.Metrics.Cluster.FencedCommit();
            _out.Events.Write("checkpoint_failed", m.Step, m.Generation, ("reason", m.Reason), ("kind", m.Kind));
        });
        Receive<MonitorProtocol.EvaluationStarted>(m =>
        {
            _out.Events.Write("evaluation_started", m.Step, _generation);
            _out.View.Note($"evaluating the checkpoint of step {m.Step}");
        });
        Receive<MonitorProtocol.Evaluated>(OnEvaluated);
        Receive<MonitorProtocol.EvaluationFailed>(m =>
        {
            _out.Metrics.Evaluation.Failed();
            _progress = _progress with { EvaluationFailure = m.Reason };
            _out.Events.Write("evaluation_failed", m.Step, _generation, ("reason", m.Reason));
            _out.View.Note($"evaluation of step {m.Step} failed: {m.Reason}");
        });
        Receive<MonitorProtocol.TrainerFailed>(m =>
        {
            _out.Health.TrainerIsReady = false;
            _out.Events.Write("trainer_failed", _progress.Step, _generation, ("reason", m.Reason));
            _out.View.Note($"the trainer failed and is started again: {m.Reason.Split('\n')[0].Trim()}");
        });
        Receive<MonitorProtocol.Note>(m =>
        {
            _out.Events.Write("note", _progress.Step, _generation, ("text", m.Line));
            _out.View.Note(m.Line);
        });
        Receive<Tick>(_ =>
        {
            Show();
            _leader.Tick();
            Timers.StartSingleTimer(Tick.Instance, Tick.Instance, RedrawInterval);
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts the timer that redraws the view.</summary>
    protected override void PreStart() => Timers.StartSingleTimer(Tick.Instance, Tick.Instance, RedrawInterval);

    /// <summary>
    /// Stops the timer without completing the final figures: a restarted monitor reports them when it stops.
    /// </summary>
    protected override void PreRestart(Exception reason, object message) => Timers.CancelAll();

    /// <summary>Stores what a leader keeps, and hands over the last figures for the summary.</summary>
    protected override void PostStop()
    {
        _leader.Close();
        _out.Final.TrySetResult(_progress);
    }

    private static DateTimeOffset ProcessStart()
    {
        using Process process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }

    private void OnRunChanged(RunState state)
    {
        _leader.Changed(state);
        if (state.Generation != _generation)
        {
            _generation = state.Generation;
            _out.Events.Write("generation", state.Step, _generation, ("trainers", state.Trainers.Count));
        }
        if (state.Phase == _phase) return;
        _phase = state.Phase;
        string name = state.Phase.Named();
        _out.Events.Write("phase", state.Step, _generation, ("phase", name));
        _progress = _progress with
        {
            State = state.Phase switch
            {
                RunPhase.Running => "training",
                RunPhase.Draining => state.Stopping ? "stopping" : "evaluating",
                RunPhase.Ended => "done",
                _ => "starting",
            },
        };
        Show();
    }

    private void OnTrainerReady(MonitorProtocol.TrainerReady m)
    {
        _progress = _progress with { Step = m.Step, FirstStep = m.Step, CheckpointStep = GoodCheckpoint(m) };
        _replicas = (m.Replicas, m.AllReplicas);
        OnTrainerPrepared(isFirst: m.Rank == 0);
        _out.Metrics.Data.Started();
        _out.Metrics.Exchange.Started();
        _out.Metrics.Checkpoints.Started();
        _out.Events.Write("prepared", m.Step, m.Generation);
        if (m.Step > 0) _out.View.Note($"going on from step {m.Step}");
    }

    /// <summary>Notes that this node's trainer can work, and whether it is the one that hosts replica 0.</summary>
    private void OnTrainerPrepared(bool isFirst)
    {
        _progress = _progress with { TellsSteps = isFirst };
        _out.Metrics.Learning.Export(isFirst);
        _out.Health.TrainerIsReady = true;
    }

    /// <summary>Finds the newest checkpoint that is known to be good; null for none.</summary>
    private long? GoodCheckpoint(MonitorProtocol.TrainerReady m)
    {
        long? loaded = m.Checkpoint >= 0 ? m.Checkpoint : null;
        // The trainer names the checkpoint that it loaded; this node may have committed later ones since. A committed
        // checkpoint ahead of the trainer's state is not good: otherwise the trainer would have loaded it.
        bool isGood = _progress.CheckpointStep is { } known && known <= m.Step && !(loaded > known);
        return isGood ? _progress.CheckpointStep : loaded;
    }

    private void OnStepped(MonitorProtocol.Stepped m)
    {
        StepResult r = m.Result;
        _progress = _progress.After(r, m.Timing.Total);
        RunMetrics metrics = _out.Metrics;
        int images = _progress.GlobalBatch / _replicas.All * _replicas.Own; // a replica's part of the batch is whole
        metrics.Progress.StepApplied(m.Timing.Total.TotalSeconds, images, (long)images * _facts.TokensPerImage,
            images * _facts.FlopsPerImage);
        if (_progress.TellsSteps) RecordLearning(r);
        for (int phase = 0; phase < r.PhaseSeconds.Count; phase++)
            metrics.Progress.Phase(((StepPhase)phase).Named(), r.PhaseSeconds[phase]);
        metrics.Progress.Phase("data", m.Timing.Waited.TotalSeconds);
        metrics.Progress.Wall("data_wait", m.Timing.Waited.TotalSeconds);
        RecordExchange(r, m.Timing);
        metrics.Progress.TensorsLive(m.Timing.LiveTensors);
        metrics.Data.Waited(m.Timing.Waited.TotalSeconds);
        metrics.Data.Queue("trainer", m.Timing.QueueDepth, _out.TrainerQueueCapacity);
        if (r.Outcome != StepOutcome.Applied)
        {
            if (_progress.TellsSteps)
                metrics.Learning.NonFinite(r.Outcome == StepOutcome.Skipped ? "skipped" : "recomputed");
            _out.View.Note(r.Outcome == StepOutcome.Skipped
                ? $"step {r.Step}: loss or gradient not finite twice; its batch was left out"
                : $"step {r.Step}: loss or gradient not finite at first, fine when computed again");
        }
        foreach (BadImage bad in m.Bad) ReportBadImage(bad, r.Step);
        _out.Events.Write("step", r.Step, m.Generation, [.. Figures(r), .. Times(m.Timing)]);
        if (_progress.TellsSteps) _out.TensorBoard?.Step(_progress);
        Show();
    }

    /// <summary>Sets what is the same on all trainers; one of them exports it.</summary>
    private void RecordLearning(StepResult r)
    {
        LearningMetrics learning = _out.Metrics.Learning;
        learning.Loss(r.Losses.Total);
        foreach (LossPart part in _progress.Losses.Where(p => p.Name != "total"))
            learning.LossPart(part.Name, part.Value);
        learning.GradientNorm(r.GradientNorm);
        if (_facts.GradientClip > 0 && r.GradientNorm > _facts.GradientClip) learning.Clipped();
        learning.LearningRate(r.LearningRate);
        learning.KeySimilarity(r.KeySimilarity);
        if (_progress.Eta is { } eta) _out.Metrics.Progress.Eta(eta);
    }

    private void RecordExchange(StepResult r, StepTiming timing)
    {
        // The step's phases contain its exchanges, but waiting for other trainers is not productive. The exchanges are
        // timed by another clock, so their time is limited to that of the phases: a counter throws for a negative
        // value.
        double phases = r.PhaseSeconds.Sum(), exchanged = Math.Min(timing.Exchanged.TotalSeconds, phases);
        _out.Metrics.Progress.Wall("productive", phases - exchanged);
        _out.Metrics.Progress.Wall("exchange", exchanged);
        _out.Metrics.Exchange.Exchanged(timing.Exchanged.TotalSeconds);
        if (timing.Exchange is not { } exchange) return;
        foreach (ExchangePhase phase in Enum.GetValues<ExchangePhase>())
            _out.Metrics.Progress.Exchange(ExchangeMetrics.NameOf(phase), exchange[phase]);
        _out.Metrics.Exchange.Sent(exchange.BytesSent);
    }

    /// <summary>
    /// Gives the step's values, which one trainer writes down. Of the others, loss and gradient norm are enough to
    /// prove that they computed the same.
    /// </summary>
    private (string, JsonNode?)[] Figures(StepResult r) => _progress.TellsSteps
        ?
        [
            ("loss", r.Losses.Total), ("loss_ar", r.Losses.AutoRegressive), ("loss_mim", r.Losses.MaskedAttention),
            ("loss_contrast_step", r.Losses.ContrastStep), ("loss_contrast_view", r.Losses.ContrastView),
            ("grad_norm", r.GradientNorm), ("learning_rate", r.LearningRate), ("key_similarity", r.KeySimilarity),
            ("outcome", r.Outcome.Named()),
        ]
        : [("loss", r.Losses.Total), ("grad_norm", r.GradientNorm)];

    private static (string, JsonNode?)[] Times(StepTiming timing) =>
    [
        ("seconds", timing.Total.TotalSeconds), ("data_wait_seconds", timing.Waited.TotalSeconds),
        ("busy_seconds", timing.Busy.TotalSeconds), ("exchange_seconds", timing.Exchanged.TotalSeconds),
        .. Times(timing.Exchange),
    ];

    private static (string, JsonNode?)[] Times(ExchangeTimes? exchange) => exchange is null ? [] :
    [
        ("exchange", new JsonObject(Enum.GetValues<ExchangePhase>().Select(
            p => KeyValuePair.Create(ExchangeMetrics.NameOf(p), (JsonNode?)exchange[p])))),
        ("exchange_bytes", exchange.BytesSent),
    ];

    private void ReportBadImage(BadImage bad, long step)
    {
        if (!_badSeen.Add(bad.SampleId)) return; // reported in an earlier epoch
        _out.Metrics.Data.BadImages();
        _out.Events.Write("bad_picture", step, _generation, ("sample", bad.SampleId), ("file", bad.File),
            ("row_group", bad.RowGroup), ("row", bad.Row), ("reason", bad.Reason));
        string place = $"{bad.File}, row group {bad.RowGroup}, row {bad.Row}";
        _out.View.Note($"undecodable image replaced by the next: {place} ({bad.Reason})");
    }

    private void OnCheckpointCommitted(MonitorProtocol.CheckpointCommitted m)
    {
        CheckpointReceipt receipt = m.Receipt;
        CheckpointMetrics metrics = _out.Metrics.Checkpoints;
        metrics.Phase("write", receipt.WriteTime.TotalSeconds);
        metrics.Phase("verify", receipt.VerifyTime.TotalSeconds);
        metrics.Phase("commit", receipt.CommitTime.TotalSeconds);
        metrics.Committed(receipt.Manifest.TotalBytes());
        _progress = _progress with { CheckpointStep = receipt.Manifest.Step, CheckpointFolder = receipt.Folder };
        _out.Events.Write("checkpoint", receipt.Manifest.Step, m.Generation, ("state_hash", receipt.Manifest.StateHash),
            ("bytes", receipt.Manifest.TotalBytes()), ("write_seconds", receipt.WriteTime.TotalSeconds));
        Show();
    }

    private void OnEvaluated(MonitorProtocol.Evaluated m)
    {
        List<EvaluationScore> scores = [];
        foreach (EvaluationResult result in m.Report.Results)
        {
            EvaluationScore score = EvaluationScore.Of(result);
            scores.Add(score);
            if (result.FrechetDistance is { } distance)
                _out.Metrics.Evaluation.FrechetDistance(result.Weights, result.FeatureNetwork, distance);
            if (result.HeldOutLoss is { } loss) _out.Metrics.Evaluation.HeldOutLoss(result.Weights, loss);
            foreach (ProbeAccuracy probe in result.Probe)
                _out.Metrics.Evaluation.Probe(result.Weights, probe.Step, probe.Accuracy);
            _out.View.Note(ScoreLine.Render(score));
            _out.Events.Write("evaluation", m.Step, _generation, ("result", JsonNode.Parse(result.ToJson())));
        }
        DistanceAnchors anchors = m.Report.Anchors;
        _out.View.Note(FormattableString.Invariant(
            $"for comparison: noise {anchors.Noise:0.00}, data through the tokenizer {anchors.Reconstruction:0.00}"));
        _out.Metrics.Evaluation.Done(m.Step, m.Time.TotalSeconds);
        _out.TensorBoard?.Scores(scores);
        _progress = _progress with { Scores = scores, Images = m.Images, EvaluationFailure = null };
        Show();
    }

    private void Show()
    {
        _progress = _progress with
        {
            DataWaitRatio = _out.Metrics.Data.WaitRatio,
            CheckpointAge = _out.Metrics.Checkpoints.Age,
            MetricsAddress = _out.Address,
        };
        _out.View.Update(_progress);
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
