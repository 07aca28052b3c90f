using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Starling.Actors.Clustering.Names;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>
/// Finds the addresses that a node listens on, once, at its start. From then on the node is known by its address: a
/// name may lead elsewhere later, or its name server may hang.
/// </summary>
internal sealed class NodeAddresses(NameLookUps names, bool allowPublic, TimeProvider time)
{
    /// <summary>How long one look-up may take, and how long a name server is asked again.</summary>
    public static readonly TimeSpan LookUpTimeout = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>Finds the node's own address, and checks that the system lets the node listen there.</summary>
    /// <param name="host">The value of <c>--host</c>: an address or a name.</param>
    /// <param name="port">The value of <c>--port</c>; 0 for any.</param>
    /// <param name="note">Told why the node does not start yet.</param>
    /// <param name="cancellation">Ends the wait for a name server.</param>
    /// <exception cref="StarlingException">
    /// The host is unknown, stands for all addresses, or is public without permission; or the address is not this
    /// machine's, or the port is taken.
    /// </exception>
    /// <exception cref="TryAgainException">The name server does not answer.</exception>
    public async Task<IPAddress> OfNodeAsync(
        string host, int port, Action<string> note, CancellationToken cancellation)
    {
        IPAddress address = await FindAsync($"--host {host}", host, "an address nor a name that is known here", note,
            cancellation);
        BindAddress.Check(address, $"--host {host}", "nodes", allowPublic,
            "choose one of a private network, or set cluster.allowPublicAddress=true if only the cluster can reach it");
        Probe($"--host {host} --port {port}", new IPEndPoint(address, port), "choose another, or port 0 for any");
        return address;
    }

    /// <summary>
    /// Finds the address of the exchange between trainers, and checks that the system lets the trainer listen there.
    /// </summary>
    /// <param name="host">
    /// The value of <c>cluster.collectiveHost</c>: an address, a network interface or a name.
    /// </param>
    /// <param name="note">Told why the node does not start yet.</param>
    /// <param name="cancellation">Ends the wait for a name server.</param>
    /// <exception cref="StarlingException">
    /// The host is unknown, stands for all addresses, is public without permission, or is not this machine's.
    /// </exception>
    /// <exception cref="TryAgainException">The name server does not answer.</exception>
    public async Task<IPAddress> OfExchangeAsync(string host, Action<string> note, CancellationToken cancellation)
    {
        IPAddress address = OfInterface(host) ?? await FindAsync($"cluster.collectiveHost = {host}", host,
            "an address nor a network interface or name that is known here", note, cancellation);
        BindAddress.Check(address, $"cluster.collectiveHost = {host}", "trainers", allowPublic,
            "what trainers exchange is not encrypted, so name a private one, or allow public addresses");
        Probe($"cluster.collectiveHost = {host}", new IPEndPoint(address, 0), "name an address of this machine");
        return address;
    }

    private async Task<IPAddress> FindAsync(
        string named, string host, string known, Action<string> note, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        bool noted = false;
        while (true)
        {
            NameAnswer answer = await names.FindAsync(host, LookUpTimeout, cancellation);
            if (answer.Problem is null) return answer.Addresses[0];
            if (answer.IsUnknown) throw new StarlingException($"{named} is neither {known}");
            if (time.GetElapsedTime(began) >= Patience)
                throw new TryAgainException($"{named}: {answer.Problem}: an address needs no name server");
            if (!noted) note($"{named}: {answer.Problem}; asking again for {Patience.TotalSeconds} s");
            noted = true;
            await Task.Delay(RetryAfter, time, cancellation);
        }
    }

    private static IPAddress? OfInterface(string name) => NetworkInterface.GetAllNetworkInterfaces()
        .FirstOrDefault(i => i.Name == name)?.GetIPProperties().UnicastAddresses
        .Select(u => u.Address).OrderBy(a => a.AddressFamily).FirstOrDefault(); // IPv4 first

    /// <summary>
    /// Listens for a moment. Akka would report the same mistake in a hundred lines, and only after everything else was
    /// set up.
    /// </summary>
    private static void Probe(string named, IPEndPoint endpoint, string advice)
    {
        using TcpListener listener = new(endpoint);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new StarlingException($"{named}: cannot listen there ({e.Message}); {advice}", e);
        }
    }
}
