using System.CommandLine;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data.Shards;

namespace Starling.Actors.Commands.Assets;

/// <summary><c>starling data inspect FILE…</c>: describes shards and finds mistakes in them.</summary>
internal sealed class DataCommand(CommandContext context)
{
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Parquet shards, folders or patterns, or \"embedded\"",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int> _images = new("--images", "--pictures")
    {
        Description = "Decodes so many, evenly spread over the shards; 0 for all",
        DefaultValueFactory = _ => 500,
        HelpName = "N",
    };

    public static Command Create(CommandContext context) => new DataCommand(context).Build();

    private Command Build()
    {
        var inspect = new Command("inspect", "Says what shards hold; exit code 2 if anything is wrong with them.")
        {
            _files, _images,
        };
        inspect.SetAction((arguments, cancellationToken) =>
            Task.FromResult(Inspect(arguments.GetValue(_files)!, arguments.GetValue(_images), cancellationToken)));
        return new Command("data", "Looks at data sets.") { inspect };
    }

    private int Inspect(string[] files, int images, CancellationToken cancellationToken)
    {
        ShardIndex index = ShardIndex.Open(DataFiles.Resolve(files));
        DataReport report = DataReport.Of(index, images, cancellationToken);
        report.Write(context.Out);
        foreach (string problem in report.Problems) ErrorReport.Line(context.Error, problem);
        return report.Problems.Count == 0 ? ExitCodes.Success : ExitCodes.UserError;
    }
}
