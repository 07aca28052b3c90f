using Spectre.Console;
using Starling.Actors.Clustering;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Configuration;
using Starling.Model.Checkpoints;
using Starling.Model.Files;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// Runs a cluster of processes on this machine, shows it live, and takes orders from other processes while it runs.
/// </summary>
public sealed class ClusterHost(IAnsiConsole console, TimeProvider time) : IClusterHost
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(ClusterRequest request, CancellationToken cancellationToken)
    {
        // A mistake in the configuration is reported once here rather than by each member.
        StarlingOptions options = StarlingConfiguration.Read(request.ConfigurationFile, request.Overrides);
        request = request.OnOneMachine(options, Environment.ProcessorCount, new GlooEngine().Unavailable);
        using RunLock shared = await RunLock.JoinAsync(request.RunFolder, "cluster",
            () => new CheckpointStore(CheckpointPaths.Of(request.RunFolder)).Recover(), time, wait: null,
            cancellationToken);
        using RemoteTls tls =
            RemoteTls.Open(options.Cluster.Tls, time) ?? ClusterKey.Make(request.RunFolder, time);
        await using IClusterView view = ClusterViews.For(console, options.Monitor.LogEverySteps);
        using MemberLogs logs = new(Path.Combine(request.RunFolder, "nodes"));
        ClusterManager manager = new(request, view, logs, ChildProcess.Start, time);
        await using ControlServer control = new(ControlPath.Of(request.RunFolder), manager.OrderAsync, time);
        await using (cancellationToken.Register(manager.Stop))
        {
            view.Note($"run {options.Name} in {Path.GetFullPath(request.RunFolder)}; while it runs: " +
                $"starling cluster kill|stop|add … --run {request.RunFolder}, " +
                $"starling status --run {request.RunFolder}");
            Task<int> running = manager.RunAsync();
            using CancellationTokenSource end = new();
            Task watching = StatusWatch.RunAsync(options.Name, manager, view, tls, time, end.Token);
            try
            {
                return await running;
            }
            finally
            {
                await end.CancelAsync();
                await watching;
                ClusterKey.Delete(request.RunFolder);
            }
        }
    }
}
