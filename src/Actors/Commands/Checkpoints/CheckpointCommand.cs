using System.CommandLine;
using System.Globalization;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Data;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Commands.Checkpoints;

/// <summary>
/// <c>starling checkpoint</c>: <c>list</c>, <c>verify</c> and <c>hash</c> show saved states, <c>import</c> and
/// <c>export</c> exchange weights with other programs.
/// </summary>
internal sealed class CheckpointCommand(CommandContext context)
{
    private readonly Argument<string> _folder = new("DIR")
    {
        Description = "A run folder, its checkpoints folder, or one checkpoint",
    };

    public static Command Create(CommandContext context)
    {
        var handlers = new CheckpointCommand(context);
        return new Command("checkpoint", "Looks at saved training states; brings weights in and out.")
        {
            handlers.Build("list", "Lists a run's checkpoints.", handlers.List),
            handlers.Build("verify", "Reads every byte; exit code 2 if anything is damaged.", handlers.Verify),
            handlers.Build("hash", "Prints one SHA-256 of the training state; of a run, the newest.", handlers.Hash),
            ImportCommand.Create(context),
            ExportCommand.Create(context),
        };
    }

    private Command Build(string name, string description, Func<string, int> handler)
    {
        var command = new Command(name, description) { _folder };
        command.SetAction(arguments => handler(arguments.GetValue(_folder)!));
        return command;
    }

    private int List(string folder)
    {
        foreach (CheckpointEntry entry in Entries(folder))
        {
            string about = entry.Manifest is { } manifest
                ? string.Create(CultureInfo.InvariantCulture, $"{manifest.Created:yyyy-MM-dd HH:mm:ss}  ") +
                    $"{Display.Bytes(manifest.TotalBytes()),9}  {entry.Folder}"
                : $"unusable: {entry.Problem}";
            context.Out.WriteLine($"{entry.Step,10}  {about}");
        }
        return ExitCodes.Success;
    }

    private int Verify(string folder)
    {
        int damaged = 0;
        foreach (string checkpoint in IsOne(folder) ? [folder] : Entries(folder).Select(e => e.Folder))
        {
            IReadOnlyList<string> problems = CheckpointReader.Verify(checkpoint);
            if (problems.Count == 0) context.Out.WriteLine($"{checkpoint}: intact");
            else damaged++;
            foreach (string problem in problems) ErrorReport.Line(context.Error, $"{checkpoint}: {problem}");
        }
        return damaged == 0 ? ExitCodes.Success : ExitCodes.UserError;
    }

    private int Hash(string folder)
    {
        string checkpoint = CheckpointPaths.Resolve(folder);
        string hash = CheckpointReader.HashOf(checkpoint);
        context.Out.WriteLine(checkpoint);
        // The hash stands alone on the last line, so that scripts can read it.
        context.Out.WriteLine(hash);
        return ExitCodes.Success;
    }

    private static IReadOnlyList<CheckpointEntry> Entries(string folder)
    {
        string checkpoints = Directory.Exists(CheckpointPaths.Of(folder)) ? CheckpointPaths.Of(folder) : folder;
        IReadOnlyList<CheckpointEntry> entries = new CheckpointStore(checkpoints).List();
        return entries.Count > 0 ? entries : throw new StarlingException($"{folder}: holds no checkpoint");
    }

    private static bool IsOne(string folder) => File.Exists(Path.Combine(folder, CheckpointManifest.FileName));
}
