using System.CommandLine;
using System.Globalization;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Runs.Events;
using Starling.Data;
using Starling.Data.Images;

namespace Starling.Actors.Commands.Models;

/// <summary><c>starling compare RUN…</c>: prints the scores of several runs side by side.</summary>
internal sealed class CompareCommand(CommandContext context)
{
    private readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "Run folders with evaluations; RUN@STEP for another than the last one",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "Only these weights, student or teacher [default: both]",
    };

    private readonly Option<int> _lossSteps = new("--loss-steps")
    {
        Description = "Steps that the next-token loss is the mean of",
        DefaultValueFactory = _ => 100,
        HelpName = "N",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Also draws the probes' accuracy along the sequence into this PNG file",
        HelpName = "FILE",
    };

    public static Command Create(CommandContext context) => new CompareCommand(context).Build();

    private Command Build()
    {
        _weights.AcceptOnlyFromAmong("student", "teacher");
        var command = new Command("compare", "Prints the scores of several runs as a Markdown table.")
        {
            _runs, _weights, _lossSteps, _out,
        };
        command.SetAction(Compare);
        return command;
    }

    private int Compare(ParseResult arguments)
    {
        int lossSteps = arguments.GetValue(_lossSteps);
        if (lossSteps < 1) throw new StarlingException($"--loss-steps {lossSteps}: must be at least 1");
        ComparedScore[] rows =
        [
            .. arguments.GetValue(_runs)!.SelectMany((run, number) =>
                Rows(run, number, arguments.GetValue(_weights), lossSteps)),
        ];
        ComparisonTable table = new(rows, lossSteps);
        foreach (string line in table.Lines()) context.Out.WriteLine(line);
        if (!table.DistancesCompare)
            context.Error.WriteLine(
                "starling: distances of different feature networks or numbers of images do not compare");
        if (arguments.GetValue(_out) is { } file) Draw(table, file);
        return ExitCodes.Success;
    }

    private static IEnumerable<ComparedScore> Rows(string asked, int number, string? weights, int lossSteps)
    {
        (string run, long? step) = RunAndStep(asked);
        IReadOnlyList<EvaluationFiles.StoredScores> scores = new EvaluationFiles(run).All();
        if (scores.Count == 0)
            throw new StarlingException($"{run}: holds no evaluation; train it with evaluation.enabled");
        EvaluationFiles.StoredScores chosen = scores.LastOrDefault(s => step is null || s.Step == step)
            ?? throw new StarlingException(
                $"{run}: has no evaluation of step {step}; there are {string.Join(", ", scores.Select(s => s.Step))}");
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run)));
        double? loss = StepLosses.Mean(run, chosen.Step, lossSteps);
        // The teacher has no training loss, because it is not trained.
        return chosen.Results.Where(r => weights is null || r.Weights == weights)
            .Select(r => new ComparedScore(name, number, r.Weights == "student" ? loss : null, r));
    }

    private static (string Run, long? Step) RunAndStep(string asked)
    {
        int at = asked.LastIndexOf('@');
        return at > 0 && !Directory.Exists(asked) && long.TryParse(
                asked.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long step)
            ? (asked[..at], step)
            : (asked, null);
    }

    private void Draw(ComparisonTable table, string file)
    {
        RgbImage chart = table.ProbeChart()
            ?? throw new StarlingException("--out: none of the runs has a linear probe");
        PngWriter.Write(file, chart);
        context.Out.WriteLine();
        context.Out.WriteLine($"chart: {file}");
    }
}
