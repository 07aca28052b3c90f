using Starling.Actors.Configuration;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Runs a training job in this process: the seam between the command line and the actors.</summary>
public interface ITrainingHost
{
    /// <summary>Trains to the configured step, resuming what the run folder holds.</summary>
    /// <param name="options">The checked configuration.</param>
    /// <param name="request">What only this start of the run asks for.</param>
    /// <param name="cancellationToken">Asks for a checkpoint and a clean end.</param>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="Data.StarlingException">A mistake the user can put right.</exception>
    Task<int> RunAsync(StarlingOptions options, TrainRequest request, CancellationToken cancellationToken);
}
