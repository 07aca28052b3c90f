using System.Text.Json.Nodes;
using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Runs.Events;
using Starling.Data;

namespace Starling.Actors.Monitoring;

/// <summary>
/// Writes the run's event log in a cluster: what the leading supervisor decided and what was committed, whichever node
/// the supervisor was on. Passes everything on to the node's own monitor.
/// </summary>
internal sealed class RunEventWriter : ReceiveActor
{
    private readonly string _path;
    private readonly Func<string, EventLog> _open;
    private EventLog? _log;
    private RunState _known = new();

    /// <summary>
    /// Makes a writer that opens the event log with its first entry: only the node that leads has any.
    /// </summary>
    /// <param name="path">The run's event log.</param>
    /// <param name="open">Opens an event log for writing.</param>
    /// <param name="monitor">The node's own monitor.</param>
    public RunEventWriter(string path, Func<string, EventLog> open, ICanTell monitor)
    {
        (_path, _open) = (path, open);
        Receive<MonitorProtocol.RunChanged>(m =>
        {
            monitor.Tell(m, Self);
            WriteChanges(m.State);
        });
        Receive<MonitorProtocol.Note>(m =>
        {
            monitor.Tell(m, Self);
            Write("note", ("text", m.Line));
        });
    }

    /// <summary>
    /// Begins to close the event log. Whoever opened it waits for its last lines before the process ends.
    /// </summary>
    protected override void PostStop() => _ = _log?.DisposeAsync().AsTask();

    private void WriteChanges(RunState state)
    {
        RunState before = _known;
        _known = state;
        // A new supervisor begins with the generation of its predecessor, which wrote that generation already.
        if (state.Generation != before.Generation && state.Phase != RunPhase.Gathering)
            Write("generation", ("term", state.Term), ("hosting", Hosting(state)), ("trainers", state.Trainers.Count));
        if (state.Phase != before.Phase || state.Term != before.Term)
            Write("phase", ("term", state.Term), ("phase", state.Phase.Named()));
        if (state.Step > before.Step && IsNewCommit(before.Phase, state)) Write("committed");
        if (state.Checkpoint > before.Checkpoint) Write("checkpoint", ("checkpoint", state.Checkpoint));
    }

    /// <summary>
    /// Whether a higher step of the state is a newly committed step. When a generation begins to run, the step is the
    /// one that its hosts hold; an earlier supervisor may have logged that step, or a later one, already.
    /// </summary>
    private bool IsNewCommit(RunPhase before, RunState state) => state.Phase switch
    {
        RunPhase.Running when before != RunPhase.Running => state.Step > LastLoggedStep(),
        RunPhase.Running or RunPhase.Draining => true,
        _ => false,
    };

    private long LastLoggedStep()
    {
        try
        {
            return EventLogTail.LastStep(_path, "committed") ?? 0;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return 0; // the step may be logged a second time, which is better than a gap
        }
    }

    private static JsonObject Hosting(RunState state) => new(state.Hosting.Select(host =>
        KeyValuePair.Create(host.Trainer, (JsonNode?)new JsonArray([.. host.Replicas.Select(r => (JsonNode)r)]))));

    private void Write(string name, params ReadOnlySpan<(string, JsonNode?)> fields) =>
        (_log ??= _open(_path)).Write(name, _known.Step, _known.Generation, fields);
}
