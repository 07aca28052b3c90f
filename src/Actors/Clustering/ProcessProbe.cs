using System.Net;
using Akka.Actor;

namespace Starling.Actors.Clustering;

/// <summary>Finds out whether a node's process has ended. A broken connection alone does not prove that.</summary>
internal static class ProcessProbe
{
    /// <summary>
    /// Returns true only if the node's machine refuses the connection, because then no process listens on the node's
    /// port. If the machine is silent or unreachable, the process may still run on the other side of a broken network.
    /// A name proves nothing: it may lead to the machine of the node's successor by now, where nobody listens yet.
    /// </summary>
    public static async Task<bool> HasEndedAsync(Address node) =>
        IPAddress.TryParse(node.Host, out IPAddress? address) &&
        await Reaching.TryAsync(new IPEndPoint(address, node.Port!.Value)) == Reach.Refuses;
}
