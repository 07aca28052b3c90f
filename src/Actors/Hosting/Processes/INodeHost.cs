using Starling.Actors.Configuration;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Runs this process as one node of a cluster. Separates the command line from the actors.</summary>
public interface INodeHost
{
    /// <summary>
    /// Runs the node. Returns when the run is over, when cancelled, or when the cluster has removed the node.
    /// </summary>
    /// <param name="options">The checked configuration.</param>
    /// <param name="request">What the command line of this node says.</param>
    /// <param name="cancellationToken">Asks the node to leave the cluster.</param>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="Data.StarlingException">The user made a mistake, which the message names.</exception>
    Task<int> RunAsync(StarlingOptions options, NodeRequest request, CancellationToken cancellationToken);
}
