using System.Net;
using System.Net.Sockets;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>
/// Checks the addresses that the program listens on: those of collective engines, and of nodes. A wildcard, which
/// stands for all addresses, is always refused. A public address is refused unless the user permits it.
/// </summary>
public static class BindAddress
{
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
                $"{named} stands for all addresses: name the one that the other {peers} can reach");
        if (!allowPublic && !IsPrivate(address))
            throw new StarlingException($"{named} is the public address {address}: {advice}");
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
}
