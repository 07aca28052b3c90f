namespace Starling.Actors.Hosting.Processes;

/// <summary>What one start of <c>starling train</c> asks for, beyond the configuration.</summary>
/// <param name="RunFolder">The run's folder; made if absent, resumed if it holds a checkpoint.</param>
/// <param name="Force">Goes on although the checkpoint was made with another data set, model or seed.</param>
public sealed record TrainRequest(string RunFolder, bool Force);
