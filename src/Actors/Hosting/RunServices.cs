using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Spectre.Console;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.Metrics;
using Starling.Actors.Monitoring;
using Starling.Actors.Page;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Actors.Runs.Events;
using Starling.Actors.Training;
using Starling.Data;

namespace Starling.Actors.Hosting;

/// <summary>
/// What every process of a run has around its actors: the event log, the metrics, the view, and the tasks that complete
/// when the run or the actors end.
/// </summary>
internal sealed class RunServices : IAsyncDisposable
{
    /// <summary>The name of a node that is its run's only one.</summary>
    public const string OnlyNode = "node-0";

    /// <summary>A node that leads the run and whose last step is older than this is not ready.</summary>
    private static readonly TimeSpan StepTimeout = TimeSpan.FromMinutes(10);

    private readonly TaskCompletionSource<RunResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RunProgress> _final = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<EventLog> _opened = [];
    private readonly HashSet<string> _refused = []; // event logs that could not be opened
    private readonly EventLogAlarm _alarm;
    private readonly TimeProvider _time;
    private readonly string _suffix;

    private RunServices(RunContext run, string suffix, EventLog events, EventLogAlarm alarm, RunMetrics metrics,
        NodeHealth health, MetricsServer server, IProgressView view, TimeProvider time)
    {
        (Run, Events, Metrics, Health, Server, View) = (run, events, metrics, health, server, view);
        (_suffix, _alarm, _time) = (suffix, alarm, time);
    }

    /// <summary>The run.</summary>
    public RunContext Run { get; }

    /// <summary>The event log of this process.</summary>
    public EventLog Events { get; }

    /// <summary>The metrics of this process.</summary>
    public RunMetrics Metrics { get; }

    /// <summary>What the health endpoints answer.</summary>
    public NodeHealth Health { get; }

    /// <summary>Serves the metrics and the health of this process.</summary>
    public MetricsServer Server { get; }

    /// <summary>Shows the run on the terminal.</summary>
    public IProgressView View { get; }

    /// <summary>How the run ended. Completes only in the process whose supervisor leads the run.</summary>
    public Task<RunResult> Ended => _ended.Task;

    /// <summary>The last figures of the run. Completes when the monitor has stopped.</summary>
    public Task<RunProgress> Final => _final.Task;

    /// <summary>Opens the event log, the metrics and the view.</summary>
    /// <param name="run">The run.</param>
    /// <param name="node">The node's name; null if this is the run's only process.</param>
    /// <param name="roles">The node's roles.</param>
    /// <param name="console">The terminal.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="StarlingException">The event log cannot be written, or no port is free.</exception>
    public static async Task<RunServices> OpenAsync(
        RunContext run, string? node, IReadOnlyList<string> roles, IAnsiConsole console, TimeProvider time)
    {
        string suffix = node is null ? "" : "-" + node;
        RunMetrics metrics = new(time, ExportersOf(roles));
        IProgressView view = ProgressViews.For(console, run.Options.Monitor.LogEverySteps);
        EventLogAlarm alarm = new(metrics, view);
        metrics.Identity.Run(run.Options.Name, run.Identity.Hash,
            $"dim{run.Shape.Dim}-layers{run.Shape.Layers}-heads{run.Shape.Heads}");
        metrics.Identity.Node(node ?? OnlyNode, roles, run.Options.Name);
        if (run.Options.Monitor.PeakFlops > 0 && roles.Contains(NodeRole.Trainer))
            metrics.Progress.PeakFlops(run.Options.Monitor.PeakFlops);
        NodeHealth health = new(metrics.Leader, roles.Contains(NodeRole.Trainer), StepTimeout);
        MetricsServer? server = null;
        EventLog? events = null;
        try
        {
            events = EventLog.Open(
                Path.Combine(run.Folder, $"events{suffix}.jsonl"), run.Options.Name, time, alarm);
            metrics.Identity.Attempt(events.Attempt);
            server = await MetricsServer.StartAsync(
                run.Options.Monitor, metrics, NodeHealth.Live, health.Ready, () => ScrapeTarget.All(run.Folder),
                roles.Contains(NodeRole.Supervisor) ? PageOf(run, time).Map : null, CancellationToken.None);
            events.Write("started", 0, 0, ("config_hash", run.Identity.Hash),
                ("data", run.Description.DataFingerprint), ("tokenizer", run.Description.TokenizerFingerprint),
                ("run_id", run.NodeIdentity.Folder));
            return new RunServices(run, suffix, events, alarm, metrics, health, server, view, time);
        }
        catch
        {
            if (server is not null) await server.DisposeAsync();
            if (events is not null) await events.DisposeAsync();
            await view.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the setup of the process's actors.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="roles">Its roles.</param>
    /// <param name="profile">Akka's settings; see <see cref="Clustering.ClusterProfile"/>.</param>
    /// <param name="force">Whether to resume from a checkpoint of another configuration or data set.</param>
    public NodeSetup Node(string name, IReadOnlyList<string> roles, string profile, bool force)
    {
        StarlingOptions options = Run.Options;
        DataRecord data = new(Run.Folder, Run.Index, force, Note);
        int queue = TrainerActor.StepsAhead(options.Data.Prefetch, options.Training.Replicas);
        return new NodeSetup
        {
            Run = Run.CheckedBy(data.Check),
            Name = name,
            Roles = roles,
            Profile = profile,
            Evaluations = new EvaluationFiles(Run.Folder),
            OpenEventLog = OpenEventLog,
            Attempt = Events.Attempt,
            Force = force,
            Outputs = new MonitorOutputs(
                Metrics, Events, View, Curves(), Server.Address, queue, Health, Run.Folder, _final),
            Progress = new RunProgress(
                options.Name, options.Training.Steps, Run.StepsPerEpoch, options.Training.GlobalBatch),
            Facts = new StepFacts(options.SelfGuided.EffectiveStudentViews * Run.Shape.Tokens,
                TrainingCost.Of(options, Run.Shape).FlopsPerImage(options.Training.GlobalBatch),
                options.Optimizer.Clip),
            Ended = ending => _ended.TrySetResult(ending),
            Time = _time,
            Stopping = _stopping.Token,
        };
    }

    /// <summary>Shows what is trained, and where the metrics and the page are.</summary>
    public void Announce()
    {
        View.Note(string.Create(CultureInfo.InvariantCulture,
            $"run {Run.Options.Name} in {Run.Folder}: {Run.Index.TotalRows} images, " +
            $"{Run.Index.ClassNames.Count} classes, {Run.Shape.Layout.Count / 1e6:0.0} M parameters, " +
            $"{Run.Shape.Tokens} tokens an image"));
        string moved = Server.Moved ? $" (port {Run.Options.Monitor.Port} is taken)" : "";
        View.Note($"metrics at {Server.Address}metrics{moved}");
        View.Note($"the page of the run is at {Server.Address}");
    }

    /// <summary>Makes the announcement by which Prometheus finds this process.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="roles">The node's roles.</param>
    /// <param name="host">The address by which others reach the node.</param>
    public Announcement Announcement(string name, IReadOnlyList<string> roles, IPAddress host) =>
        new(ScrapeTarget.Of(Run.Options.Name, name, roles, host, Server.Address), Run.Folder, View.Note);

    /// <summary>Cancels an evaluation that is under way, because the run has ended without it.</summary>
    public Task AbandonAsync() => _stopping.CancelAsync();

    /// <summary>Writes the last lines of the event logs, then ends the view and the server.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (EventLog opened in _opened.Append(Events)) await opened.DisposeAsync();
        await View.DisposeAsync();
        await Server.DisposeAsync();
        _stopping.Dispose();
    }

    private static RunPage PageOf(RunContext run, TimeProvider time) => new(
        new RunFacts(run.Folder, run.Options.Name,
            string.Create(CultureInfo.InvariantCulture,
                $"{run.Shape.Layers} layers of width {run.Shape.Dim}, {run.Shape.Layout.Count / 1e6:0.0} M parameters"),
            string.Create(CultureInfo.InvariantCulture,
                $"{run.Index.TotalRows:N0} images in {run.Index.ClassNames.Count:N0} classes"),
            run.Options.Training.Steps), time);

    private static Exporter ExportersOf(IReadOnlyList<string> roles) =>
        (roles.Contains(NodeRole.Trainer) ? Exporter.Trainer : Exporter.None) |
        (roles.Contains(NodeRole.Loader) ? Exporter.Loader : Exporter.None) |
        (roles.Contains(NodeRole.Evaluator) ? Exporter.Evaluator : Exporter.None);

    private void Note(string line)
    {
        View.Note(line);
        Events.Write("note", 0, 0, ("text", line));
    }

    private EventLog OpenEventLog(string path)
    {
        try
        {
            EventLog opened = EventLog.Open(path, Run.Options.Name, _time, _alarm);
            if (_refused.Remove(path)) _alarm.WrittenAgain(path);
            _opened.Add(opened);
            return opened;
        }
        catch (StarlingException e)
        {
            if (_refused.Add(path)) _alarm.Failed(path, e.InnerException?.Message ?? e.Message);
            throw;
        }
    }

    private TensorBoardCurves? Curves() => Run.Options.Monitor.TensorBoard
        ? new TensorBoardCurves(new TensorBoardLog(Path.Combine(Run.Folder, "tensorboard" + _suffix)))
        : null;
}
