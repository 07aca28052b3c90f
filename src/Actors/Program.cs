using Spectre.Console;
using Starling.Actors.Commands;

using var signals = new InterruptSignals(Console.Error, Environment.Exit);
var context = new CommandContext
{
    Console = AnsiConsole.Console,
    Out = Console.Out,
    Error = Console.Error,
    Time = TimeProvider.System,
};
return await CommandLine.RunAsync(args, context, signals.Token);
