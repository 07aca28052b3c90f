using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting.Processes;

/// <summary>What one start of <c>starling node</c> asks for, beyond the configuration.</summary>
/// <param name="Name">The node's name in the cluster; null for one made of role, machine and process.</param>
/// <param name="Roles">What it does; see <see cref="NodeRole"/>.</param>
/// <param name="Host">The address it listens on.</param>
/// <param name="Port">The port; 0 for any.</param>
/// <param name="Seeds"><c>host:port</c> of nodes to join; none to begin a cluster.</param>
/// <param name="RunFolder">The run's folder, the same for all nodes.</param>
/// <param name="Managed">
/// Standard input is a pipe from <c>starling cluster</c>: takes orders from it, and ends with it.
/// </param>
public sealed record NodeRequest(string? Name, IReadOnlyList<string> Roles, string Host, int Port,
    IReadOnlyList<string> Seeds, string RunFolder, bool Managed);
