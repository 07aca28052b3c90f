namespace Starling.Actors.LocalCluster;

/// <summary>Runs a cluster of processes on this machine. Separates the command line from the manager.</summary>
public interface IClusterHost
{
    /// <summary>Starts the members and looks after them until the run is over.</summary>
    /// <param name="request">The members and the run.</param>
    /// <param name="cancellationToken">Asks for a checkpoint and then the end of the run.</param>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="Data.StarlingException">The user made a mistake, which the message names.</exception>
    Task<int> RunAsync(ClusterRequest request, CancellationToken cancellationToken);
}
