using System.Net;
using System.Net.Sockets;

namespace Starling.Actors.Clustering.Names;

/// <summary>Knows the addresses of host names, as the operating system does.</summary>
internal interface INameService
{
    /// <summary>Returns the addresses of a name. Blocks, for as long as a name server takes.</summary>
    /// <exception cref="SocketException">
    /// There is no such name (<see cref="SocketError.HostNotFound"/>), or nobody could say (any other error).
    /// </exception>
    IPAddress[] AddressesOf(string name);
}
