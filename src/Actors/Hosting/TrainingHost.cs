using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using Starling.Actors.Commands;
using Starling.Actors.Configuration;
using Starling.Actors.Evaluating;
using Starling.Actors.Monitoring;
using Starling.Actors.Supervision;
using Starling.Actors.Training;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Hosting;

/// <summary>
/// Runs a training as a cluster of one node with all roles: the same actors and messages as with many nodes.
/// </summary>
public sealed class TrainingHost(IAnsiConsole console, TimeProvider time) : ITrainingHost
{
    /// <summary>A trainer that makes no step for so long is not ready, whatever it says.</summary>
    private static readonly TimeSpan StepPatience = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async Task<int> RunAsync(StarlingOptions options, TrainRequest request, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        using RunLock runLock = RunLock.Acquire(request.RunFolder);
        RunContext run = RunContext.Open(options, request.RunFolder);
        run.Checkpoints.Recover();
        EvaluationFiles evaluations = new(run.Folder);
        IReadOnlyDictionary<long, EvaluationFiles.StoredScores> evaluated = evaluations.Of(run.Checkpoints);
        await using EventLog events = EventLog.Open(Path.Combine(run.Folder, "events.jsonl"), options.Name, time);
        RunMetrics metrics = Describe(new RunMetrics(time), run, events.Attempt);
        Liveness liveness = new(metrics, time, StepPatience);
        await using MetricsServer server = await MetricsServer.StartAsync(
            options.Monitor, metrics, Liveness.Live, liveness.Ready, CancellationToken.None);
        await using IProgressView view = ProgressViews.For(console, options.Monitor.LogEverySteps);
        Announce(view, run, events, server);

        TaskCompletionSource<RunEnding> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<RunProgress> final = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource stopping = new();
        ReplicaBatchPipeline? pipeline = null;
        int capacity = TrainerActor.StepsAhead(options.Data.Prefetch, options.Training.Replicas);
        NodeSetup node = new()
        {
            Run = run,
            Plan = new RunPlan(options.Training.Steps, options.Training.Replicas, options.Evaluation.EverySteps,
                options.Evaluation.Enabled)
            { Evaluated = evaluated.Keys.ToHashSet() },
            Scores = evaluated.Where(e => e.Value.Rank is not null)
                .ToDictionary(e => e.Key, e => e.Value.Rank!.Value),
            Attempt = events.Attempt,
            Force = request.Force,
            Outputs = new MonitorOutputs(metrics, events, view, Curves(options, run), server.Address, Queues, final),
            Progress = new RunProgress(
                options.Name, options.Training.Steps, run.StepsPerEpoch, options.Training.GlobalBatch),
            TokensPerImage = options.SelfGuided.EffectiveStudentViews * run.Shape.Tokens,
            PipelineOpened = p => pipeline = p,
            Ended = ending => ended.TrySetResult(ending),
            Time = time,
            Stopping = stopping.Token,
        };
        using IHost host = Build(node, events);
        await host.StartAsync(CancellationToken.None);
        RunEnding ending;
        await using (cancellationToken.Register(() => RequestStop(host, view)))
            ending = await EndOf(host, ended.Task);
        await stopping.CancelAsync();
        await host.StopAsync(CancellationToken.None);

        RunProgress progress = await final.Task;
        events.Write("ended", ending.Step, 0,
            ("outcome", ending.Outcome.ToString().ToLowerInvariant()), ("reason", ending.Reason));
        await view.DisposeAsync();
        if (ending.Outcome is RunOutcome.Completed or RunOutcome.Stopped)
        {
            RunSummaryTable.Print(console.Profile.Out.Writer,
                Summary.Of(run, ending, progress, metrics, evaluations, time.GetElapsedTime(start)));
            return ExitCodes.Success;
        }
        if (ending.Outcome == RunOutcome.Rejected)
            throw new Data.StarlingException(ending.Reason ?? "the run was refused");
        throw new InvalidOperationException($"the run failed after step {ending.Step}: {ending.Reason}");

        void Queues(DataMetrics data, int trainerDepth)
        {
            data.Queue("trainer", trainerDepth, capacity);
            if (pipeline is { } p) data.Queue("batches", p.Statistics.QueueDepth, p.Statistics.QueueCapacity);
        }
    }

    private static IHost Build(NodeSetup node, EventLog events)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new EventLogLoggers(events));
        builder.Services.AddAkka(RunActors.SystemName, akka => RunActors.Add(akka, node));
        return builder.Build();
    }

    /// <summary>The run's end, also when the actor system stopped without telling one.</summary>
    private static async Task<RunEnding> EndOf(IHost host, Task<RunEnding> ended)
    {
        await Task.WhenAny(ended, host.Services.GetRequiredService<ActorSystem>().WhenTerminated);
        return ended.IsCompleted
            ? await ended
            : new RunEnding(RunOutcome.Failed, 0, "the actor system stopped by itself; events.jsonl may say why");
    }

    private static void RequestStop(IHost host, IProgressView view)
    {
        view.Note("stopping after this step (Ctrl-C again ends at once); the same command goes on from there");
        host.Services.GetRequiredService<ActorRegistry>().Get<RunSupervisor>()
            .Tell(SupervisorProtocol.StopRun.Instance);
    }

    private static RunMetrics Describe(RunMetrics metrics, RunContext run, int attempt)
    {
        metrics.Identity.Attempt(attempt);
        metrics.Identity.Run(run.Options.Name, run.Identity.Hash,
            $"dim{run.Shape.Dim}-layers{run.Shape.Layers}-heads{run.Shape.Heads}");
        return metrics;
    }

    private static void Announce(IProgressView view, RunContext run, EventLog events, MetricsServer server)
    {
        events.Write("started", 0, 0, ("config_hash", run.Identity.Hash), ("data", run.Description.DataFingerprint),
            ("tokenizer", run.Description.TokenizerFingerprint));
        view.Note(string.Create(CultureInfo.InvariantCulture,
            $"run {run.Options.Name} in {run.Folder}: {run.Index.TotalRows} pictures, " +
            $"{run.Index.ClassNames.Count} classes, {run.Shape.Layout.Count / 1e6:0.0} M parameters, " +
            $"{run.Shape.Tokens} tokens a picture"));
        string moved = server.Moved ? $" (port {run.Options.Monitor.Port} is taken)" : "";
        view.Note($"metrics at {server.Address}metrics{moved}");
    }

    private static TensorBoardCurves? Curves(StarlingOptions options, RunContext run) => options.Monitor.TensorBoard
        ? new TensorBoardCurves(new TensorBoardLog(Path.Combine(run.Folder, "tensorboard")))
        : null;
}
