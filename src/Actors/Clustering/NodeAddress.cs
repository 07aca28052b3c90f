using System.Net;
using System.Net.Sockets;
using Starling.Actors.Collectives;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>Checks the address that a node is told to listen on.</summary>
internal static class NodeAddress
{
    /// <summary>Checks that a node may listen on an address, and that the system lets it.</summary>
    /// <param name="host">The value of <c>--host</c>: an address or a name.</param>
    /// <param name="port">The value of <c>--port</c>; 0 for any.</param>
    /// <param name="allowPublic">The value of <c>cluster.allowPublicAddress</c>.</param>
    /// <exception cref="StarlingException">
    /// The host is unknown, stands for all addresses, or is public without permission; or the address is not this
    /// machine's, or the port is taken.
    /// </exception>
    public static void Check(string host, int port, bool allowPublic)
    {
        foreach (IPAddress address in Resolve(host))
        {
            BindAddress.Check(address, $"--host {host}", "nodes", allowPublic,
                "choose one of a private network, or set cluster.allowPublicAddress=true if only the cluster can " +
                "reach it");
            Probe(host, new IPEndPoint(address, port));
        }
    }

    /// <summary>
    /// Listens for a moment. Akka would report the same mistake in a hundred lines, and only after everything else was
    /// set up.
    /// </summary>
    private static void Probe(string host, IPEndPoint endpoint)
    {
        using TcpListener listener = new(endpoint);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new StarlingException($"--host {host} --port {endpoint.Port}: cannot listen there ({e.Message}); " +
                "choose another, or port 0 for any", e);
        }
    }

    private static IPAddress[] Resolve(string host)
    {
        try
        {
            return BindAddress.AddressesOf(host);
        }
        catch (SocketException e)
        {
            throw new StarlingException($"--host {host} is neither an address nor a name that is known here", e);
        }
    }
}
