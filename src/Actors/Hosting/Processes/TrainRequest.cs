namespace Starling.Actors.Hosting.Processes;

/// <summary>What one start of <c>starling train</c> asks for, beyond the configuration.</summary>
/// <param name="RunFolder">
/// The run's folder. It is created if absent. The run is resumed if the folder has a checkpoint.
/// </param>
/// <param name="ConfigurationFile">The configuration file as the user named it.</param>
/// <param name="Force">Whether to resume from a checkpoint of another data set, model or seed.</param>
public sealed record TrainRequest(string RunFolder, string ConfigurationFile, bool Force);
