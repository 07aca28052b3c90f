using Starling.Actors.Configuration;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Trains a run in this process. Separates the command line from the actors.</summary>
public interface ITrainingHost
{
    /// <summary>Trains to the configured step, from the newest checkpoint if the run's folder has one.</summary>
    /// <param name="options">The checked configuration.</param>
    /// <param name="request">What the command line of this start says.</param>
    /// <param name="cancellationToken">Asks for a checkpoint and then the end of the run.</param>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="Data.StarlingException">The user made a mistake, which the message names.</exception>
    Task<int> RunAsync(StarlingOptions options, TrainRequest request, CancellationToken cancellationToken);
}
