using Spectre.Console;
using Starling.Actors;
using Starling.Actors.Commands;
using Starling.Actors.Commands.Nodes;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.LocalCluster;
using Starling.Actors.Reporting;

LenientWriter output = LenientWriter.Open(() => Console.Out), error = LenientWriter.Open(() => Console.Error);
Console.SetOut(output); // for the views, which draw on the console
Console.SetError(error);
// On a terminal the live view shows the interruption. A second line from here would tear the panel of that view.
using var signals = new InterruptSignals(Console.IsOutputRedirected ? error : TextWriter.Null, ProcessEnd.Now,
    managed: args.Contains(NodeCommand.ManagedFlag));
var context = new CommandContext
{
    Console = AnsiConsole.Console,
    Out = output,
    Error = error,
    Time = TimeProvider.System,
    Training = new TrainingHost(AnsiConsole.Console, TimeProvider.System),
    Node = new NodeHost(AnsiConsole.Console, Console.In, TimeProvider.System),
    Cluster = new ClusterHost(AnsiConsole.Console, TimeProvider.System),
    Evaluation = new EvaluationHost(TimeProvider.System),
};
int code = await CommandLine.RunAsync(args, context, signals.Token);
// A thread may still be in libtorch, which a normal exit would take apart under it.
ProcessEnd.Now(code);
return code;
