using Spectre.Console;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;

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

    /// <summary>Ends the process. Used for commands that cannot end by themselves soon enough.</summary>
    public Action<int> End { get; init; } = ProcessEnd.Now;

    /// <summary>
    /// The exit code of a command that exists for what it prints, after it has printed: <see cref="ExitCodes.Fault"/>,
    /// and a line on <see cref="Error"/>, if it could not.
    /// </summary>
    public int Printed()
    {
        if (Out is not LenientWriter { Failure: { } failure }) return ExitCodes.Success;
        ErrorReport.Line(Error, $"the output cannot be written: {failure.Message}");
        return ExitCodes.Fault;
    }

    /// <summary>
    /// Folder for a file with the details of an unexpected error. A command sets it to the run's folder as soon as it
    /// knows that.
    /// </summary>
    public string DetailsFolder { get; set; } = Path.GetTempPath();
}
