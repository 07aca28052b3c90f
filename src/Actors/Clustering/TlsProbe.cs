using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;

namespace Starling.Actors.Clustering;

/// <summary>
/// Finds out whether a node that does not let this one join takes nodes with a key only. Then trying again is of no
/// use, and the user is told.
/// </summary>
internal static class TlsProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3), Timeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Looks every few seconds, while this node has not joined, whether a seed speaks TLS, which this node does not.
    /// </summary>
    /// <param name="seeds">The nodes that this node tries to join.</param>
    /// <param name="ended">Completes when this node has joined, or has ended.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <returns>The seed that speaks TLS; null if this node has joined or ended before one was found.</returns>
    public static async Task<Address?> FindAsync(IReadOnlyList<Address> seeds, Task ended, TimeProvider time)
    {
        while (true)
        {
            // A seed that takes the node does so within a second, so most nodes never ask.
            if (await Task.WhenAny(ended, Task.Delay(Interval, time)) == ended) return null;
            foreach (Address seed in seeds)
            {
                if (await SpeaksTlsAsync(seed)) return seed;
            }
        }
    }

    private static async Task<bool> SpeaksTlsAsync(Address node)
    {
        bool certificateSeen = false;
        using CancellationTokenSource timeout = new(Timeout);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(node.Host!, node.Port!.Value, timeout.Token);
            await using NetworkStream stream = new(socket);
            await using SslStream tls = new(stream, leaveInnerStreamOpen: true, (_, _, _, _) =>
            {
                certificateSeen = true;
                return false; // the certificate is all that is wanted
            });
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = node.Host }, timeout.Token);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or
            OperationCanceledException)
        {
            // A node without TLS does not answer, or ends the connection.
        }
        return certificateSeen;
    }
}
