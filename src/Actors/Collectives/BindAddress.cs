using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Starling.Data;

namespace Starling.Actors.Collectives;

/// <summary>
/// Finds the one address that a collective engine listens on. The engine's traffic is neither encrypted nor
/// authenticated: a stranger who reaches the address can read weights, ruin a run, or end the process. So a public
/// address is refused unless the user allows it, and a wildcard address is always refused.
/// </summary>
public static class BindAddress
{
    /// <summary>Looks up <see cref="CollectiveOptions.Host"/> and checks that it may be bound to.</summary>
    /// <exception cref="StarlingException">The host is unknown, a wildcard, or public without permission.</exception>
    public static IPAddress Resolve(CollectiveOptions options)
    {
        IPAddress address = Find(options.Host);
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            throw new StarlingException(
                $"host {options.Host} stands for all addresses: name the one that the other trainers can reach");
        if (!options.AllowPublicAddress && !IsPrivate(address))
            throw new StarlingException(
                $"host {options.Host} is the public address {address}, and what trainers exchange is not encrypted: " +
                "name a private one, or allow public addresses");
        return address;
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
            candidates = named?.GetIPProperties().UnicastAddresses.Select(u => u.Address)
                ?? Dns.GetHostAddresses(host);
        }
        catch (SocketException e)
        {
            throw new StarlingException(
                $"host {host} is no address, network interface or known host name: {e.Message}", e);
        }
        return candidates.OrderBy(a => a.AddressFamily).FirstOrDefault() // IPv4 first
            ?? throw new StarlingException($"host {host} has no address");
    }
}
