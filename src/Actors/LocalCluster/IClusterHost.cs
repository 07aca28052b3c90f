namespace Starling.Actors.LocalCluster;

/// <summary>Runs a cluster of processes on this machine: the seam between the command line and the manager.</summary>
public interface IClusterHost
{
    /// <summary>Starts the members and looks after them until the run is over.</summary>
    /// <param name="request">Which members, and of which run.</param>
    /// <param name="cancellationToken">Asks for a checkpoint and a clean end of the run.</param>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="Data.StarlingException">A mistake the user can put right.</exception>
    Task<int> RunAsync(ClusterRequest request, CancellationToken cancellationToken);
}
