using System.Text.Json.Nodes;
using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Runs.Events;
using Starling.Data;

namespace Starling.Actors.Monitoring;

/// <summary>
/// The run's diary in a cluster: what the leading supervisor decided and what was committed, whichever node it was on.
/// Everything goes on to the node's own monitor.
/// </summary>
internal sealed class RunEventWriter : ReceiveActor
{
    private readonly string _path;
    private readonly Func<string, EventLog> _open;
    private EventLog? _log;
    private RunState _known = new();

    /// <summary>A diary that is opened with the first entry: only the node that leads has any.</summary>
    public RunEventWriter(string path, Func<string, EventLog> open, ICanTell monitor)
    {
        (_path, _open) = (path, open);
        Receive<MonitorProtocol.RunChanged>(m =>
        {
            monitor.Tell(m, Self);
            Changed(m.State);
        });
        Receive<MonitorProtocol.Note>(m =>
        {
            monitor.Tell(m, Self);
            Write("note", ("text", m.Line));
        });
    }

    /// <summary>Closes the diary.</summary>
    protected override void PostStop() => _ = _log?.DisposeAsync().AsTask();

    private void Changed(RunState state)
    {
        RunState before = _known;
        _known = state;
        // A supervisor that begins knows its predecessor's number, which is in the diary already.
        if (state.Generation != before.Generation && state.Phase != RunPhase.Gathering)
            Write("generation", ("term", state.Term), ("hosting", Hosting(state)), ("trainers", state.Trainers.Count));
        if (state.Phase != before.Phase || state.Term != before.Term)
            Write("phase", ("term", state.Term),
                ("phase", state.Phase.Named()));
        if (state.Step > before.Step && IsNews(before.Phase, state)) Write("committed");
        if (state.Checkpoint > before.Checkpoint) Write("checkpoint", ("checkpoint", state.Checkpoint));
    }

    /// <summary>
    /// A generation begins with the step that its hosts hold: an earlier supervisor may have told of it, or of a later
    /// one.
    /// </summary>
    private bool IsNews(RunPhase before, RunState state) => state.Phase switch
    {
        RunPhase.Running when before != RunPhase.Running => state.Step > LastTold(),
        RunPhase.Running or RunPhase.Draining => true,
        _ => false,
    };

    private long LastTold()
    {
        try
        {
            return EventLogTail.LastStep(_path, "committed") ?? 0;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return 0; // told twice is better than not at all
        }
    }

    private static JsonObject Hosting(RunState state) => new(state.Hosting.Select(host =>
        KeyValuePair.Create(host.Trainer, (JsonNode?)new JsonArray([.. host.Replicas.Select(r => (JsonNode)r)]))));

    private void Write(string name, params ReadOnlySpan<(string, JsonNode?)> fields) =>
        (_log ??= _open(_path)).Write(name, _known.Step, _known.Generation, fields);
}
