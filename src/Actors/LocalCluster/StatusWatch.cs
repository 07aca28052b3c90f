using Starling.Actors.Clustering;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>Asks the members of a local cluster every second how it is, and shows it.</summary>
internal static class StatusWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Asks and shows until it is cancelled.</summary>
    public static async Task RunAsync(
        string run, ClusterManager manager, ClusterView view, RemoteTls? tls, TimeProvider time, CancellationToken end)
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
            return null; // killed, perhaps: the next time another one is asked
        }
    }
}
