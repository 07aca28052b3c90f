using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Commands.Models;

/// <summary><c>starling evaluate</c>: evaluates a checkpoint and prints its scores.</summary>
internal sealed class EvaluateCommand(CommandContext context)
{
    private readonly Option<string> _checkpoint = CommonOptions.Checkpoint();
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Folder of the sample grids [default: samples beside the checkpoints]",
        HelpName = "DIR",
    };

    private readonly Option<bool> _save = new("--save")
    {
        Description = "Keeps scores and grids with the run's own, where `starling compare` finds them",
    };

    public static Command Create(CommandContext context) => new EvaluateCommand(context).Build();

    private Command Build()
    {
        var command = new Command("evaluate",
            "Samples a checkpoint and measures it: Frechet distance and linear probe, for student and teacher.")
        {
            _checkpoint, _set, _out, _save,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string folder = CheckpointPaths.Resolve(arguments.GetValue(_checkpoint)!);
        CheckpointManifest manifest = ManifestFile.Read(folder);
        StarlingOptions options = TrainedModel.ConfigurationOf(manifest, arguments.GetValue(_set) ?? []);
        string run = CheckpointPaths.RunOf(folder);
        EvaluationFiles files = new(run);
        string samples = arguments.GetValue(_out) ?? files.Samples;
        EvaluationReport report = await context.Evaluation.EvaluateAsync(folder, options, cancellationToken);
        foreach (EvaluationResult result in report.Results) Write(result);
        bool save = arguments.GetValue(_save);
        if (save) files.Write(report);
        // Saving has written the grids into the run's folder already.
        if (!save || Path.GetFullPath(samples) != Path.GetFullPath(files.Samples))
            EvaluationFiles.WriteGrids(report, samples);
        context.Out.WriteLine($"samples: {samples}");
        return ExitCodes.Success;
    }

    private void Write(EvaluationResult result)
    {
        context.Out.WriteLine(ScoreLine.Render(EvaluationScore.Of(result) with { ProbeChance = null }));
        foreach (ProbeAccuracy probe in result.Probe)
            context.Out.WriteLine(FormattableString.Invariant($"  probe at position {probe.Step}: ") +
                $"{Display.Percent(probe.Accuracy)} (chance {Display.Percent(result.ChanceLevel)})");
    }
}
