using System.Net;
using System.Net.Sockets;
using Starling.Actors.Collectives;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>Checks the address on which a node listens.</summary>
internal static class NodeAddress
{
    /// <summary>Checks that a node may listen on an address, and that the address and the port are free.</summary>
    /// <param name="host">The value of <c>--host</c>: an address or a name.</param>
    /// <param name="port">The value of <c>--port</c>; 0 for any free port.</param>
    /// <param name="allowPublic">The value of <c>cluster.allowPublicAddress</c>.</param>
    /// <exception cref="StarlingException">
    /// The name is unknown, or the address stands for all addresses, is public, is not of this machine, or is in use.
    /// </exception>
    public static void Check(string host, int port, bool allowPublic)
    {
        foreach (IPAddress address in Resolve(host))
        {
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                throw new StarlingException(
                    $"--host {host} stands for all addresses: name the one that the other nodes can reach");
            if (!allowPublic && !BindAddress.IsPrivate(address))
                throw new StarlingException($"--host {host} is the public address {address}: choose one of a private " +
                    "network, or set cluster.allowPublicAddress=true if only the cluster can reach it");
            Probe(host, new IPEndPoint(address, port));
        }
    }

    /// <summary>
    /// Tries to listen. Akka would fail for the same reason, but only after everything else was set up, and with a
    /// hundred lines of output.
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
        if (IPAddress.TryParse(host, out IPAddress? address)) return [address];
        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (SocketException e)
        {
            throw new StarlingException($"--host {host} is neither an address nor a name that is known here", e);
        }
    }
}
