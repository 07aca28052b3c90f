using System.Net.Sockets;
using Akka.Actor;

namespace Starling.Actors.Clustering;

/// <summary>Finds out whether a node's process has ended. A broken connection alone does not prove that.</summary>
internal static class ProcessProbe
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns true only if the node's machine refuses the connection, because then no process listens on the node's
    /// port. If the machine is silent or unreachable, the process may still run on the other side of a broken network.
    /// </summary>
    public static async Task<bool> HasEndedAsync(Address node)
    {
        using CancellationTokenSource timeout = new(ConnectTimeout);
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
