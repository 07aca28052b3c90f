using System.Text.Json.Nodes;
using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Runs.Events;
using Starling.Data;
using Starling.Model.Evaluation;

namespace Starling.Actors.Monitoring;

/// <summary>
/// Writes the run's event log in a cluster: what the leading supervisor decided, what was committed and with which
/// loss, and the scores, whichever node the supervisor was on. Passes everything on to the node's own monitor.
/// </summary>
internal sealed class RunEventWriter : ReceiveActor
{
    private readonly string _path;
    private readonly Func<string, EventLog> _open;
    private readonly Func<long, EvaluationFiles.StoredScores?> _scores;
    private EventLog? _log;
    private RunState _known = new();
    private long? _logged; // the last committed step that this supervisor logged or found in the log

    /// <summary>
    /// Makes a writer that opens the event log with its first entry: only the node that leads has any.
    /// </summary>
    /// <param name="path">The run's event log.</param>
    /// <param name="open">Opens an event log for writing.</param>
    /// <param name="scores">Reads the scores of an evaluated step.</param>
    /// <param name="monitor">The node's own monitor.</param>
    public RunEventWriter(string path, Func<string, EventLog> open,
        Func<long, EvaluationFiles.StoredScores?> scores, ICanTell monitor)
    {
        (_path, _open, _scores) = (path, open, scores);
        Receive<MonitorProtocol.RunChanged>(m =>
        {
            monitor.Tell(m, Self);
            // A state that cannot be written is not remembered, so the next one shows what has changed since.
            if (IsOpen()) WriteChanges(m.State);
        });
        Receive<MonitorProtocol.Note>(m =>
        {
            monitor.Tell(m, Self);
            if (IsOpen()) Write("note", ("text", m.Line));
        });
    }

    /// <summary>
    /// Begins to close the event log. Whoever opened it waits for its last lines before the process ends.
    /// </summary>
    protected override void PostStop() => _ = _log?.DisposeAsync().AsTask();

    /// <summary>Opens the event log, unless it is open. The function that opens it says if that fails.</summary>
    private bool IsOpen()
    {
        try
        {
            _log ??= _open(_path);
            return true;
        }
        catch (StarlingException)
        {
            return false;
        }
    }

    private void WriteChanges(RunState state)
    {
        RunState before = _known;
        _known = state;
        // A new supervisor begins with the generation of its predecessor, which wrote that generation already.
        if (state.Generation != before.Generation && state.Phase is not (RunPhase.Gathering or RunPhase.Ended))
            Write("generation", ("term", state.Term), ("hosting", Hosting(state)), ("trainers", state.Trainers.Count));
        if (state.Phase != before.Phase || state.Term != before.Term)
            Write("phase", ("term", state.Term), ("phase", state.Phase.Named()));
        WriteCommits(before, state);
        if (state.Checkpoint > before.Checkpoint) Write("checkpoint", ("checkpoint", state.Checkpoint));
        if (before.Term == state.Term && before.Evaluating is { } ended && ended != state.Evaluating)
            WriteScores(ended.Step);
    }

    /// <summary>Writes the scores of an evaluation that has ended, if it has not failed.</summary>
    private void WriteScores(long step)
    {
        foreach (EvaluationResult result in _scores(step)?.Results ?? [])
            Write("evaluation", step, ("result", JsonNode.Parse(result.ToJson())));
    }

    /// <summary>
    /// Writes an entry for each newly committed step. There may be several: when the reports of some steps are lost,
    /// the next report shows that these steps were committed too.
    /// </summary>
    private void WriteCommits(RunState before, RunState state)
    {
        if (state.Phase is not (RunPhase.Running or RunPhase.Draining)) return;
        // When a generation begins to run, the step is the one that its hosts hold. Steps up to it may be missing in
        // the log; or the log may have them, and later ones too, from this supervisor or an earlier one.
        if (before.Term != state.Term) _logged = null;
        if (before.Phase is not (RunPhase.Running or RunPhase.Draining))
            _logged ??= LastLoggedStep() ?? Math.Max(state.KnownCheckpoint, 0);
        else _logged = before.Step;
        for (long step = _logged.Value + 1; step <= state.Step; step++) Write("committed", step, Figures(state, step));
        _logged = Math.Max(_logged.Value, state.Step);
    }

    /// <summary>
    /// Returns what the hosts tell of a step; nothing if only later steps are known of. All hosts tell the same of the
    /// loss, so rank 0 speaks for them.
    /// </summary>
    private static (string, JsonNode?)[] Figures(RunState state, long step)
    {
        if (state.Hosting.IsDefaultOrEmpty ||
            !state.Progress.TryGetValue(state.Hosting[0].Trainer, out HostProgress? host) ||
            host.Step != step || host.Figures is not { } f) return [];
        return
        [
            ("loss", f.Loss), ("loss_ar", f.AutoRegressive), ("loss_mim", f.MaskedAttention),
            ("loss_contrast_step", f.ContrastStep), ("loss_contrast_view", f.ContrastView),
            ("grad_norm", f.GradientNorm), ("learning_rate", f.LearningRate), ("key_similarity", f.KeySimilarity),
        ];
    }

    /// <summary>
    /// Returns the last step that the log names as committed; null if it names none or cannot be read.
    /// </summary>
    private long? LastLoggedStep()
    {
        try
        {
            return EventLogTail.LastStep(_path, "committed");
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return null; // some steps may be logged a second time, which is better than a gap
        }
    }

    private static JsonObject Hosting(RunState state) => new(state.Hosting.Select(host =>
        KeyValuePair.Create(host.Trainer, (JsonNode?)new JsonArray([.. host.Replicas.Select(r => (JsonNode)r)]))));

    private void Write(string name, params ReadOnlySpan<(string, JsonNode?)> fields) =>
        Write(name, _known.Step, fields);

    private void Write(string name, long step, params ReadOnlySpan<(string, JsonNode?)> fields) =>
        _log!.Write(name, step, _known.Generation, fields);
}
