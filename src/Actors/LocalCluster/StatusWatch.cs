using Starling.Actors.Clustering;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>Asks a member of a local cluster every second for the cluster's state, and shows the answer.</summary>
internal static class StatusWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Asks and shows until cancelled.</summary>
    public static async Task RunAsync(
        string run, ClusterManager manager, IClusterView view, RemoteTls? tls, TimeProvider time, CancellationToken end)
    {
        StatusClient? client = null;
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, end);
                (IReadOnlyList<string> processes, string? node) = await manager.LookAsync().WaitAsync(end);
                NodeProtocol.ClusterStatus? status = null;
                if (node is not null)
                {
                    Akka.Actor.Address address = Akka.Actor.Address.Parse(node);
                    client ??= StatusClient.For(address, tls);
                    status = await TryAskAsync(client, address).WaitAsync(end);
                }
                view.Show(new ClusterSnapshot(run, status, processes));
            }
        }
        catch (OperationCanceledException)
        {
            // The cluster has ended.
        }
        finally
        {
            if (client is not null) await client.DisposeAsync();
        }
    }

    private static async Task<NodeProtocol.ClusterStatus?> TryAskAsync(StatusClient client, Akka.Actor.Address node)
    {
        try
        {
            return await client.AskAsync(node, Timeout);
        }
        catch (StarlingException)
        {
            return null; // the node may have been killed; the next round asks another one
        }
    }
}
