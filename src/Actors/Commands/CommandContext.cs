using Spectre.Console;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.LocalCluster;

namespace Starling.Actors.Commands;

/// <summary>Everything outside of commands that commands use. Tests replace it.</summary>
public sealed class CommandContext
{
    /// <summary>The terminal, for tables and live views.</summary>
    public required IAnsiConsole Console { get; init; }

    /// <summary>Where results are printed, which scripts may read.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where errors and remarks are printed.</summary>
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

    /// <summary>
    /// Folder for a file with the details of an unexpected error. A command sets it to the run's folder as soon as it
    /// knows that.
    /// </summary>
    public string DetailsFolder { get; set; } = Path.GetTempPath();
}
