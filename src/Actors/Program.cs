using Spectre.Console;
using Starling.Actors.Commands;
using Starling.Actors.Hosting;

// On a terminal the live view says it; a second line from here would tear its panel.
using var signals = new InterruptSignals(
    Console.IsOutputRedirected ? Console.Error : TextWriter.Null, Environment.Exit);
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
