using System.Net;
using Akka.Actor;
using Spectre.Console;
using Starling.Actors.Clustering;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Hosting.Processes;

/// <summary>
/// Runs a training as a cluster of one node with all roles. The actors and their messages are the same as with many
/// nodes.
/// </summary>
public sealed class TrainingHost(IAnsiConsole console, TimeProvider time) : ITrainingHost
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(StarlingOptions options, TrainRequest request, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        using RunLock runLock = RunLock.Acquire(request.RunFolder);
        RunContext run = await RunContext.OpenAsync(options, request.RunFolder,
            new OpeningProgress(console.Profile.Out.Writer.WriteLine, time), cancellationToken);
        run.Checkpoints.Recover();
        await using RunServices services = await RunServices.OpenAsync(
            run, node: null, NodeRole.All, console, time);
        services.Announce();
        using RemoteTls tls = ClusterKey.ForThisProcess(time); // no other process is to join, or to send anything
        NodeSetup node = services.Node(
            RunServices.OnlyNode, NodeRole.All, ClusterProfile.SingleNode, request.Force) with
        {
            Tls = tls,
        };

        Announcement announcement = services.Announcement(RunServices.OnlyNode, NodeRole.All, IPAddress.Loopback);
        announcement.Make();
        RunResult result;
        await using (ActorHost host = await ActorHost.StartAsync(node, services.Events))
        {
            host.WatchActors(node.Fence);
            await using (cancellationToken.Register(() => RequestStop(host, services.View)))
                result = await ResultOfAsync(host, node, services);
            await services.AbandonAsync();
        }
        RunProgress progress = await services.Final;
        services.Events.Write("ended", result.Step, 0,
            ("outcome", result.Outcome.Named()), ("reason", result.Reason));
        await services.View.DisposeAsync();
        if (result.Outcome is RunOutcome.Completed or RunOutcome.Stopped)
        {
            await announcement.WithdrawAsync(); // a run that ends otherwise is missed
            RunSummaryTable.Print(console.Profile.Out.Writer, RunSummaryBuilder.Build(
                run, result, progress, services.Metrics, node.Evaluations, time.GetElapsedTime(start)));
            return ExitCodes.Success;
        }
        if (result.Outcome == RunOutcome.Rejected)
            throw new Data.StarlingException(result.Reason ?? "the run was refused");
        throw new InvalidOperationException($"the run failed after step {result.Step}: {result.Reason}");
    }

    /// <summary>
    /// Waits for the result of the run. An actor system that stops without a result counts as a failed run.
    /// </summary>
    private static async Task<RunResult> ResultOfAsync(ActorHost host, NodeSetup node, RunServices services)
    {
        await Task.WhenAny(services.Ended, node.Fence.Closed, host.System.WhenTerminated);
        return services.Ended.IsCompleted ? await services.Ended
            : new RunResult(RunOutcome.Failed, 0, node.Fence.IsClosed
                ? await node.Fence.Closed
                : "the actor system stopped by itself; events.jsonl may say why");
    }

    private static void RequestStop(ActorHost host, IProgressView view)
    {
        host.Supervisor.Tell(SupervisorProtocol.StopRun.Instance);
        view.Note("stopping after this step (Ctrl-C again ends at once); the same command goes on from there");
    }
}
