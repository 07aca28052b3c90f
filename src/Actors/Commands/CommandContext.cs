using Spectre.Console;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.LocalCluster;

namespace Starling.Actors.Commands;

/// <summary>What commands use of the world around them; tests bring their own.</summary>
public sealed class CommandContext
{
    /// <summary>The terminal, for tables and live views.</summary>
    public required IAnsiConsole Console { get; init; }

    /// <summary>Results: what a script may read.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Errors and remarks.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Runs training jobs.</summary>
    public required ITrainingHost Training { get; init; }

    /// <summary>Runs nodes of clusters.</summary>
    public required INodeHost Node { get; init; }

    /// <summary>Runs clusters on this machine.</summary>
    public required IClusterHost Cluster { get; init; }

    /// <summary>Evaluates checkpoints.</summary>
    public required IEvaluationHost Evaluation { get; init; }

    /// <summary>Where the details of an unexpected error go: the run's folder once a command knows it.</summary>
    public string DetailsFolder { get; set; } = Path.GetTempPath();
}
