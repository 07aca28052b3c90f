using System.CommandLine;
using System.Globalization;
using Starling.Actors.Configuration;
using Starling.Actors.Hosting.Processes;

namespace Starling.Actors.Commands.Train;

/// <summary><c>starling train</c>: starts or resumes a run.</summary>
internal sealed class TrainCommand(CommandContext context)
{
    private readonly Option<string> _configuration = CommonOptions.Configuration(ConfigurationFiles.Default);
    private readonly Option<string?> _run = CommonOptions.RunFolder();
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<long?> _steps = new("--steps") { Description = "Trains to this step", HelpName = "N" };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Prints the resolved configuration and what it will cost, and trains nothing",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Resumes although data set, model or seed differ from the checkpoint's",
    };

    public static Command Create(CommandContext context) => new TrainCommand(context).Build();

    private MakingCommand Build()
    {
        var command = new MakingCommand(
            "train", "Trains a model, or resumes the run in the run folder.", keepsAtEnd: true)
        {
            _configuration, _run, _set, _steps, _dryRun, _force,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string file = arguments.GetValue(_configuration)!;
        List<string> overrides = [.. arguments.GetValue(_set) ?? []];
        if (arguments.GetValue(_steps) is { } steps)
            overrides.Add($"training.steps={steps.ToString(CultureInfo.InvariantCulture)}");
        StarlingOptions options = StarlingConfiguration.Read(file, overrides);
        string runFolder = CommonOptions.RunFolderOf(arguments.GetValue(_run), options);
        if (arguments.GetValue(_dryRun))
        {
            DryRun.Print(context.Out, options, runFolder, context.Time, cancellationToken);
            return context.Printed();
        }
        context.DetailsFolder = runFolder;
        return await context.Training.RunAsync(
            options, new TrainRequest(runFolder, arguments.GetValue(_force)), cancellationToken);
    }
}
