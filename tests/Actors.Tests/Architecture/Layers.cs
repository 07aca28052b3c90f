namespace Starling.Actors.Tests.Architecture;

/// <summary>
/// The folders of src/Actors from the ground up, each with the folders that it may use (docs/adr/0014). Folders inside
/// a folder count as that folder here; the test of circles looks at them one by one.
/// </summary>
internal static class Layers
{
    /// <summary>The namespace of src/Actors.</summary>
    public const string Root = "Starling.Actors";

    /// <summary>What each folder may use besides itself. A folder that is not in here fails the tests.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>
    {
        // What is: settings, exchange of vectors, pure decisions, a run on disk.
        ["Configuration"] = [],
        ["Collectives"] = [],
        ["Coordination"] = [],
        ["Runs"] = ["Configuration"],

        // What is said, and what people see of it.
        ["Protocol"] = ["Coordination", "Runs", "Collectives"],
        ["Shares"] = ["Protocol"],
        ["Metrics"] = ["Configuration", "Collectives", "Runs"],
        ["Page"] = ["Runs"],
        ["Reporting"] = ["Protocol", "Runs"],

        // Who acts. No actor's folder uses another's.
        ["Supervision"] = ["Protocol", "Coordination", "Runs"],
        ["Training"] = ["Protocol", "Coordination", "Runs", "Shares", "Collectives"],
        ["Loading"] = ["Protocol", "Runs", "Shares"],
        ["Checkpointing"] = ["Protocol", "Runs"],
        ["Evaluating"] = ["Protocol", "Runs", "Configuration"],
        ["Monitoring"] = ["Protocol", "Coordination", "Runs", "Metrics", "Reporting", "Collectives"],
        ["Clustering"] = ["Protocol", "Configuration", "Metrics", "Collectives"],

        // Who wires a process, and who starts processes.
        ["Hosting"] =
        [
            "Configuration", "Collectives", "Coordination", "Runs", "Protocol", "Shares", "Metrics", "Reporting",
            "Page", "Supervision", "Training", "Loading", "Checkpointing", "Evaluating", "Monitoring", "Clustering",
        ],
        ["LocalCluster"] = ["Clustering", "Protocol", "Coordination", "Reporting", "Configuration", "Collectives"],

        // Who is started: the command line.
        ["Commands"] =
            ["Hosting", "LocalCluster", "Clustering", "Reporting", "Protocol", "Runs", "Configuration"],
    };

    /// <summary>The folders with actors, of which none may use another.</summary>
    public static IReadOnlyList<string> OfActors { get; } =
        ["Supervision", "Training", "Loading", "Checkpointing", "Evaluating", "Monitoring"];

    /// <summary>
    /// The first folder of a namespace of src/Actors; null for the program's own files and for other namespaces.
    /// </summary>
    public static string? FolderOf(string? space) =>
        space is not null && space.StartsWith(Root + ".", StringComparison.Ordinal) ? space.Split('.')[2] : null;
}
