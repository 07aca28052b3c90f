namespace Starling.Actors.Page;

/// <summary>What is known of a run before its first step.</summary>
/// <param name="Folder">Path of the run's folder.</param>
/// <param name="Name">The run's name.</param>
/// <param name="Model">The size of the transformer.</param>
/// <param name="Data">The size of the data set.</param>
/// <param name="Steps">The steps of the whole run.</param>
public sealed record RunFacts(string Folder, string Name, string Model, string Data, long Steps);
