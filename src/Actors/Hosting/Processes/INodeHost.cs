using Starling.Actors.Configuration;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Runs this process as one node of a cluster: the seam between the command line and the actors.</summary>
public interface INodeHost
{
    /// <summary>Is a node until the run is over, it is asked to leave, or the cluster has given it up.</summary>
    /// <param name="options">The checked configuration.</param>
    /// <param name="request">What only this node is told.</param>
    /// <param name="cancellationToken">Asks it to leave.</param>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="Data.StarlingException">A mistake the user can put right.</exception>
    Task<int> RunAsync(StarlingOptions options, NodeRequest request, CancellationToken cancellationToken);
}
