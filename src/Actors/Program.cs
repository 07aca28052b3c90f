using Spectre.Console;
using Starling.Actors.Commands;
using Starling.Actors.Hosting;

using var signals = new InterruptSignals(Console.Error, Environment.Exit);
var context = new CommandContext
{
    Console = AnsiConsole.Console,
    Out = Console.Out,
    Error = Console.Error,
    Time = TimeProvider.System,
    Training = new TrainingHost(AnsiConsole.Console, TimeProvider.System),
    Evaluation = new EvaluationHost(TimeProvider.System),
};
return await CommandLine.RunAsync(args, context, signals.Token);
