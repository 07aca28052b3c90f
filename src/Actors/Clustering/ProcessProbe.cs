using System.Net.Sockets;
using Akka.Actor;

namespace Starling.Actors.Clustering;

/// <summary>Finds out whether a node's process has ended, which a broken connection does not say.</summary>
internal static class ProcessProbe
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// True only if the node's machine answers that nobody listens on its port. A machine that says nothing, or that no
    /// route leads to, may have the process running on the other side of a broken network.
    /// </summary>
    public static async Task<bool> HasEndedAsync(Address node)
    {
        using CancellationTokenSource timeout = new(Timeout);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(node.Host!, node.Port!.Value, timeout.Token);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
