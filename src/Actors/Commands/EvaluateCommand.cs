using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.Monitoring;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Commands;

/// <summary><c>starling evaluate</c>: scores a checkpoint.</summary>
internal sealed class EvaluateCommand(CommandContext context)
{
    private readonly Option<string> _checkpoint = CommonOptions.Checkpoint();
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Folder of the sample grids [default: samples beside the checkpoints]",
        HelpName = "DIR",
    };

    public static Command Create(CommandContext context) => new EvaluateCommand(context).Build();

    private Command Build()
    {
        var command = new Command("evaluate",
            "Samples a checkpoint and measures it: Frechet distance and linear probe, for student and teacher.")
        {
            _checkpoint, _set, _out,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string folder = CheckpointPaths.Resolve(arguments.GetValue(_checkpoint)!);
        CheckpointManifest manifest = ManifestFile.Read(folder);
        StarlingOptions options = TrainedModel.ConfigurationOf(manifest, arguments.GetValue(_set) ?? []);
        string samples = arguments.GetValue(_out) ?? SamplesBeside(folder);
        foreach (EvaluationResult result in
            await context.Evaluation.EvaluateAsync(folder, options, samples, cancellationToken))
            Write(result);
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

    // runs/NAME/checkpoints/STEP → runs/NAME/samples
    private static string SamplesBeside(string checkpoint)
    {
        string? run = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(checkpoint)));
        return Path.Combine(run ?? checkpoint, "samples");
    }
}
