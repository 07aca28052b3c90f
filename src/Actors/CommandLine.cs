using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Starling.Actors.Commands;
using Starling.Actors.Commands.Assets;
using Starling.Actors.Commands.Checkpoints;
using Starling.Actors.Commands.Doctor;
using Starling.Actors.Commands.Models;
using Starling.Actors.Commands.Nodes;
using Starling.Actors.Commands.Train;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Protocol;

namespace Starling.Actors;

/// <summary>The <c>starling</c> program's command line.</summary>
public static class CommandLine
{
    /// <summary>
    /// How long a command that keeps nothing may take to end after a signal. It looks for signals between two batches.
    /// </summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Parses the arguments and runs the command that they name.</summary>
    /// <param name="args">The arguments after the program's name.</param>
    /// <param name="context">The console, the clock and the hosts that commands use.</param>
    /// <param name="cancellationToken">Asks the command to end cleanly.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancellationToken)
    {
        // Values may begin with an @, so arguments that begin with an @ are not read as response files.
        var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
        ParseResult parsed = Build(context).Parse(args.Length == 0 ? ["--help"] : args, parsing);
        if (parsed.Errors.Count > 0 && parsed.Action?.ClearsParseErrors != true) return Refuse(parsed, context);
        var invocation = new InvocationConfiguration
        {
            Output = context.Out,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            // InterruptSignals handles signals. A run needs more than the two seconds that the library allows to write
            // its checkpoint.
            ProcessTerminationTimeout = null,
        };
        // The action may be one of the library's, such as that of --help.
        MakingCommand? making = parsed.CommandResult.Command is MakingCommand { Action: { } own } command &&
            own == parsed.Action ? command : null;
        using CancellationTokenSource ended = new();
        await using CancellationTokenRegistration limit =
            LimitEnd(parsed, making, context, ended.Token, cancellationToken);
        try
        {
            int code = await parsed.InvokeAsync(invocation, cancellationToken);
            return code == ExitCodes.Success && making is null ? context.Printed() : code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e)
        {
            return ErrorReport.Write(e, context);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>Builds the tree of commands.</summary>
    public static RootCommand Build(CommandContext context) =>
        new("Trains autoregressive image generators with ST-AR, on one machine or a cluster.")
        {
            TrainCommand.Create(context),
            ClusterCommand.Create(context),
            NodeCommand.Create(context),
            StatusCommand.Create(context),
            DoctorCommand.Create(context),
            CheckpointCommand.Create(context),
            SampleCommand.Create(context),
            EvaluateCommand.Create(context),
            CompareCommand.Create(context),
            TokenizerCommand.Create(context),
            FeaturesCommand.Create(context),
            DataCommand.Create(context),
        };

    /// <summary>
    /// Ends the process some time after a signal if the command has not ended by itself. Files have temporary names
    /// until they are whole, so none is left half-written under its own name.
    /// </summary>
    private static CancellationTokenRegistration LimitEnd(ParseResult parsed, MakingCommand? making,
        CommandContext context, CancellationToken ended, CancellationToken cancellationToken)
    {
        if (making is { KeepsAtEnd: true }) return default;
        // A synchronous action gets no token, so it does not know of the signal.
        TimeSpan limit = parsed.Action is SynchronousCommandLineAction ? TimeSpan.Zero : EndTimeout;
        return cancellationToken.Register(async void () =>
        {
            await Task.WhenAny(Task.Delay(limit, context.Time, ended));
            if (!ended.IsCancellationRequested) context.End(ExitCodes.Interrupted);
        });
    }

    private static int Refuse(ParseResult parsed, CommandContext context)
    {
        // The library reports an unknown word twice: as an unknown word, and as a missing command.
        IEnumerable<string> messages = parsed.UnmatchedTokens.Count > 0
            ? parsed.UnmatchedTokens.Select(word => Unknown(word, parsed.CommandResult.Command))
            : parsed.Errors.Select(e => e.Message);
        foreach (string message in messages) ErrorReport.Line(context.Error, message);
        context.Error.WriteLine($"See: {string.Join(' ', Path(parsed.CommandResult))} --help");
        return ExitCodes.UserError;
    }

    private static string Unknown(string word, Command command)
    {
        IEnumerable<string> known = command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name));
        return $"unknown command or option '{word}'" +
            (NearestName.Of(word, known) is { } nearest ? $"; did you mean {nearest}?" : "");
    }

    private static IEnumerable<string> Path(CommandResult command) =>
        command.Parent is CommandResult parent ? Path(parent).Append(command.Command.Name) : ["starling"];
}
