using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Starling.Data;

namespace Starling.Actors.Collectives;

/// <summary>
/// Finds and checks the addresses that the program listens on: those of collective engines, and of nodes. A wildcard,
/// which stands for all addresses, is always refused. A public address is refused unless the user permits it. The
/// traffic of a collective engine is neither encrypted nor authenticated: anybody who reaches the engine can read
/// weights, ruin a run or end the process.
/// </summary>
public static class BindAddress
{
    /// <summary>Looks up <see cref="CollectiveOptions.Host"/> and checks that it may be bound to.</summary>
    /// <exception cref="StarlingException">The host is unknown, a wildcard, or public without permission.</exception>
    public static IPAddress Resolve(CollectiveOptions options)
    {
        IPAddress address = Find(options.Host);
        Check(address, $"host {options.Host}", "trainers", options.AllowPublicAddress,
            "what trainers exchange is not encrypted, so name a private one, or allow public addresses");
        return address;
    }

    /// <summary>
    /// Does what <see cref="Resolve"/> does, and listens on the address for a moment: it may not be this machine's.
    /// </summary>
    /// <exception cref="StarlingException">The host cannot or must not be bound to.</exception>
    public static IPAddress Usable(CollectiveOptions options)
    {
        IPAddress address = Resolve(options);
        using TcpListener listener = new(address, 0);
        try
        {
            listener.Start();
            return address;
        }
        catch (SocketException e)
        {
            throw new StarlingException($"host {options.Host} ({address}) cannot be listened on: {e.Message}; name " +
                "an address of this machine", e, FaultScope.Node);
        }
    }

    /// <summary>Returns the addresses of a host: the address itself, or those that the name service knows.</summary>
    /// <exception cref="SocketException">The host is neither an address nor a known name.</exception>
    internal static IPAddress[] AddressesOf(string host) =>
        IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : Dns.GetHostAddresses(host);

    /// <summary>Refuses an address that must not be listened on.</summary>
    /// <param name="address">The address.</param>
    /// <param name="named">How the user named it, for the message.</param>
    /// <param name="peers">Who has to reach it, for the message.</param>
    /// <param name="allowPublic">Whether the user allows public addresses.</param>
    /// <param name="advice">What to do about a public address, for the message.</param>
    /// <exception cref="StarlingException">
    /// The address stands for all addresses, or is public without permission.
    /// </exception>
    internal static void Check(IPAddress address, string named, string peers, bool allowPublic, string advice)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            throw new StarlingException(
                $"{named} stands for all addresses: name the one that the other {peers} can reach",
                scope: FaultScope.Node);
        if (!allowPublic && !IsPrivate(address))
            throw new StarlingException($"{named} is the public address {address}: {advice}", scope: FaultScope.Node);
    }

    /// <summary>
    /// Tells whether an address is not routed on the internet: loopback, private (RFC 1918, 4193), shared (RFC 6598) or
    /// link-local.
    /// </summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return true;
        byte[] b = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? b[0] == 10 || (b[0] == 172 && b[1] >> 4 == 1) || (b[0] == 192 && b[1] == 168) ||
                (b[0] == 169 && b[1] == 254) || (b[0] == 100 && b[1] >> 6 == 1)
            : address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
    }

    private static IPAddress Find(string host)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal)) return literal;
        NetworkInterface? named = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i => i.Name == host);
        IEnumerable<IPAddress> candidates;
        try
        {
            candidates = named?.GetIPProperties().UnicastAddresses.Select(u => u.Address) ?? AddressesOf(host);
        }
        catch (SocketException e)
        {
            throw new StarlingException(
                $"host {host} is no address, network interface or known host name: {e.Message}", e, FaultScope.Node);
        }
        return candidates.OrderBy(a => a.AddressFamily).FirstOrDefault() // IPv4 first
            ?? throw new StarlingException($"host {host} has no address", scope: FaultScope.Node);
    }
}
