using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Starling.Actors.Clustering;
using Starling.Actors.Clustering.Names;
using Starling.Actors.Configuration;
using Starling.Data;

namespace Starling.Actors.Commands.Doctor;

/// <summary>Checks of addresses, ports and names.</summary>
/// <param name="options">The configuration.</param>
/// <param name="time">The clock.</param>
internal sealed class NetworkChecks(StarlingOptions options, TimeProvider time)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private readonly NameLookUps _names = new(SystemNameService.Instance, time);

    /// <summary>Finds the node's own address, and listens there for a moment; also on that of the exchange.</summary>
    public async Task<Finding> AddressAsync(string host, int port, CancellationToken cancellation)
    {
        NodeAddresses addresses = new(_names, options.Cluster.AllowPublicAddress, time);
        IPAddress address = await addresses.OfNodeAsync(host, port, _ => { }, cancellation);
        IPAddress exchange = options.Cluster.CollectiveHost is { } other
            ? await addresses.OfExchangeAsync(other, _ => { }, cancellation) : address;
        return Finding.Ok($"{new IPEndPoint(address, port)}, exchange at {exchange}, metrics at {Metrics()}");
    }

    /// <summary>Looks the seeds up, and connects to them. A seed may start later than this node.</summary>
    public async Task<Finding> SeedsAsync(IReadOnlyList<string> named, CancellationToken cancellation)
    {
        if (named.Count == 0) return Finding.Ok("none: the node begins a cluster");
        IReadOnlyList<Seed> seeds = await Seed.FindAsync(
            named.Select(seed => ClusterProfile.AddressOf(seed, "--seed", RemoteTls.ProtocolOf(null))), _names,
            cancellation);
        Seed.Check(seeds);
        string?[] found = await Task.WhenAll(seeds.Select(seed => ProblemAsync(seed, cancellation)));
        string[] problems = [.. found.OfType<string>()];
        return problems.Length == 0
            ? Finding.Ok($"{string.Join(", ", seeds)}: all can be reached")
            : Finding.Warning($"{string.Join("; ", problems)}. A node tries again until one answers");
    }

    private string Metrics()
    {
        string host = options.Monitor.Host;
        if (host == "localhost") host = "127.0.0.1";
        if (!IPAddress.TryParse(host, out IPAddress? address))
            throw new StarlingException($"monitor.host = {host}: must be an IP address, localhost or 0.0.0.0");
        IPEndPoint endpoint = new(address, options.Monitor.Port);
        using TcpListener listener = new(endpoint);
        try
        {
            listener.Start();
            return endpoint.ToString();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return $"the next free port, since {endpoint} is taken";
        }
        catch (SocketException e)
        {
            throw new StarlingException($"monitor.host = {options.Monitor.Host}: cannot listen there ({e.Message})", e);
        }
    }

    private static async Task<string?> ProblemAsync(Seed seed, CancellationToken cancellation)
    {
        if (seed.Answer.Problem is { } problem) return $"{seed}: {problem}";
        foreach (Address address in seed.Addresses)
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(ConnectTimeout);
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(address.Host!.Trim('[', ']'), address.Port ?? 0, limit.Token);
                return null;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
        return $"{seed}: nobody answers yet";
    }
}
