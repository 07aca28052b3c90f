using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting.Processes;

/// <summary>What one start of <c>starling node</c> asks for, beyond the configuration.</summary>
/// <param name="Name">The node's name in the cluster; null for a name made of role, machine and process number.</param>
/// <param name="Roles">The node's roles; see <see cref="NodeRole"/>.</param>
/// <param name="Host">The address on which the node listens.</param>
/// <param name="Port">The port on which the node listens; 0 for any free port.</param>
/// <param name="Seeds"><c>host:port</c> of nodes to join; empty to begin a cluster.</param>
/// <param name="RunFolder">The run's folder, the same for all nodes.</param>
/// <param name="Managed">
/// Whether standard input is a pipe from <c>starling cluster</c>. The node then takes orders from the pipe, and ends
/// when the pipe is closed.
/// </param>
public sealed record NodeRequest(string? Name, IReadOnlyList<string> Roles, string Host, int Port,
    IReadOnlyList<string> Seeds, string RunFolder, bool Managed);
