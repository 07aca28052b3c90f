using System.Net;

namespace Starling.Actors.Clustering.Names;

/// <summary>The names that this machine knows: its hosts file, and the name servers of its network.</summary>
internal sealed class SystemNameService : INameService
{
    /// <summary>The only one.</summary>
    public static readonly SystemNameService Instance = new();

    /// <inheritdoc/>
    public IPAddress[] AddressesOf(string name) => Dns.GetHostAddresses(name);
}
