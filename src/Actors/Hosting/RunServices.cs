using System.Globalization;
using Spectre.Console;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.Metrics;
using Starling.Actors.Monitoring;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Actors.Runs.Events;
using Starling.Actors.Training;

namespace Starling.Actors.Hosting;

/// <summary>
/// What every process of a run has around its actors: diary, metrics, view, and the ends it waits for.
/// </summary>
internal sealed class RunServices : IAsyncDisposable
{
    /// <summary>A trainer that makes no step for so long is not ready, whatever it says.</summary>
    private static readonly TimeSpan StepTimeout = TimeSpan.FromMinutes(10);

    private readonly TaskCompletionSource<RunResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RunProgress> _final = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly string _suffix;

    private RunServices(RunContext run, string suffix, EventLog events, RunMetrics metrics, MetricsServer server,
        IProgressView view, TimeProvider time)
    {
        (Run, Events, Metrics, Server, View) = (run, events, metrics, server, view);
        (_suffix, _time) = (suffix, time);
    }

    public RunContext Run { get; }

    public EventLog Events { get; }

    public RunMetrics Metrics { get; }

    public MetricsServer Server { get; }

    public IProgressView View { get; }

    /// <summary>How the run ended, in the process that led it.</summary>
    public Task<RunResult> Ended => _ended.Task;

    /// <summary>The last figures, once the actors have stopped.</summary>
    public Task<RunProgress> Final => _final.Task;

    /// <summary>Opens everything.</summary>
    /// <param name="run">The run.</param>
    /// <param name="suffix">Sets this process's files apart from those of others: empty for the only one.</param>
    /// <param name="console">The terminal.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="Data.StarlingException">A file or a port cannot be had.</exception>
    public static async Task<RunServices> OpenAsync(
        RunContext run, string suffix, IAnsiConsole console, TimeProvider time)
    {
        EventLog events = EventLog.Open(
            Path.Combine(run.Folder, $"events{suffix}.jsonl"), run.Options.Name, time);
        RunMetrics metrics = new(time);
        metrics.Identity.Attempt(events.Attempt);
        metrics.Identity.Run(run.Options.Name, run.Identity.Hash,
            $"dim{run.Shape.Dim}-layers{run.Shape.Layers}-heads{run.Shape.Heads}");
        Liveness liveness = new(metrics, time, StepTimeout);
        try
        {
            MetricsServer server = await MetricsServer.StartAsync(
                run.Options.Monitor, metrics, Liveness.Live, liveness.Ready, CancellationToken.None);
            IProgressView view = ProgressViews.For(console, run.Options.Monitor.LogEverySteps);
            events.Write("started", 0, 0, ("config_hash", run.Identity.Hash),
                ("data", run.Description.DataFingerprint), ("tokenizer", run.Description.TokenizerFingerprint));
            return new RunServices(run, suffix, events, metrics, server, view, time);
        }
        catch
        {
            await events.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the process's actors are made from.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="roles">Its roles.</param>
    /// <param name="profile">Akka's settings.</param>
    /// <param name="force">Goes on from a checkpoint of another configuration all the same.</param>
    public NodeSetup Node(string name, IReadOnlyList<string> roles, string profile, bool force)
    {
        StarlingOptions options = Run.Options;
        int queue = TrainerActor.StepsAhead(options.Data.Prefetch, options.Training.Replicas);
        return new NodeSetup
        {
            Run = Run,
            Name = name,
            Roles = roles,
            Profile = profile,
            Evaluations = new EvaluationFiles(Run.Folder),
            Attempt = Events.Attempt,
            Force = force,
            Outputs = new MonitorOutputs(Metrics, Events, View, Curves(), Server.Address, queue, _final),
            Progress = new RunProgress(
                options.Name, options.Training.Steps, Run.StepsPerEpoch, options.Training.GlobalBatch),
            TokensPerImage = options.SelfGuided.EffectiveStudentViews * Run.Shape.Tokens,
            Ended = ending => _ended.TrySetResult(ending),
            Time = _time,
            Stopping = _stopping.Token,
        };
    }

    /// <summary>Says what is run, and where it can be watched.</summary>
    public void Announce()
    {
        View.Note(string.Create(CultureInfo.InvariantCulture,
            $"run {Run.Options.Name} in {Run.Folder}: {Run.Index.TotalRows} images, " +
            $"{Run.Index.ClassNames.Count} classes, {Run.Shape.Layout.Count / 1e6:0.0} M parameters, " +
            $"{Run.Shape.Tokens} tokens an image"));
        string moved = Server.Moved ? $" (port {Run.Options.Monitor.Port} is taken)" : "";
        View.Note($"metrics at {Server.Address}metrics{moved}");
    }

    /// <summary>Abandons an evaluation that nobody waits for any more.</summary>
    public Task AbandonAsync() => _stopping.CancelAsync();

    /// <summary>Closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await View.DisposeAsync();
        await Server.DisposeAsync();
        await Events.DisposeAsync();
        _stopping.Dispose();
    }

    private TensorBoardCurves? Curves() => Run.Options.Monitor.TensorBoard
        ? new TensorBoardCurves(new TensorBoardLog(Path.Combine(Run.Folder, "tensorboard" + _suffix)))
        : null;
}
