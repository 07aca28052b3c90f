using Spectre.Console;
using Starling.Actors;
using Starling.Actors.Commands;
using Starling.Actors.Commands.Nodes;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;

// On a terminal the live view shows the interruption. A second line from here would tear the panel of that view.
using var signals = new InterruptSignals(Console.IsOutputRedirected ? Console.Error : TextWriter.Null,
    Environment.Exit, managed: args.Contains(NodeCommand.ManagedFlag));
var context = new CommandContext
{
    Console = AnsiConsole.Console,
    Out = Console.Out,
    Error = Console.Error,
    Time = TimeProvider.System,
    Training = new TrainingHost(AnsiConsole.Console, TimeProvider.System),
    Node = new NodeHost(AnsiConsole.Console, Console.In, TimeProvider.System),
    Cluster = new ClusterHost(AnsiConsole.Console, TimeProvider.System),
    Evaluation = new EvaluationHost(TimeProvider.System),
};
int code = await CommandLine.RunAsync(args, context, signals.Token);
if (code == ExitCodes.StartAgain) ProcessEnd.Now(code);
return code;
