using System.Net;
using System.Net.Sockets;

namespace Starling.Actors.Clustering;

/// <summary>Tries connections.</summary>
internal static class Reaching
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Opens a connection to a port and closes it again.</summary>
    public static async Task<Reach> TryAsync(IPEndPoint endpoint)
    {
        using CancellationTokenSource timeout = new(ConnectTimeout);
        using Socket socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, timeout.Token);
            return Reach.Listens;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused ? Reach.Refuses : Reach.Silent;
        }
        catch (OperationCanceledException)
        {
            return Reach.Silent;
        }
    }
}
