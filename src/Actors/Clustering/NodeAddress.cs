using System.Net;
using System.Net.Sockets;
using Starling.Actors.Collectives;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>Where a node listens, and nowhere else.</summary>
internal static class NodeAddress
{
    /// <summary>Checks that a node may listen there, and can.</summary>
    /// <param name="host">What <c>--host</c> says: an address or a name.</param>
    /// <param name="port">What <c>--port</c> says; 0 for any.</param>
    /// <param name="allowPublic"><c>cluster.allowPublicAddress</c>.</param>
    /// <exception cref="StarlingException">
    /// It means nothing, everything or the whole world, is not this machine's, or is taken.
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

    /// <summary>Akka would say the same, but in a hundred lines, and after everything else was set up.</summary>
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
