using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.Commands.Nodes;

/// <summary><c>starling cluster</c>: runs a cluster of processes on this machine, or sends orders to it.</summary>
internal sealed class ClusterCommand(CommandContext context)
{
    private readonly Option<int> _supervisors = Count("--supervisors", 2, "Nodes that may run the supervisor");
    private readonly Option<int> _trainers = Count("--trainers", 2, "Nodes that train");
    private readonly Option<int> _loaders = Count("--loaders", 1, "Nodes that make batches; 0: each trainer its own");
    private readonly Option<int> _evaluators = Count("--evaluators", 1, "Nodes that evaluate checkpoints");
    private readonly Option<string> _configuration = CommonOptions.Configuration(ConfigurationFiles.Default);
    private readonly Option<string?> _run = CommonOptions.RunFolder();
    private readonly Option<string[]> _set = CommonOptions.Set();

    private readonly Option<bool> _stayDown = new("--stay-down") { Description = "Is not started again" };
    private readonly Argument<string> _member = new("NAME") { Description = "A member, for instance trainer-1" };
    private readonly Argument<string> _role = new("ROLE") { Description = "supervisor, loader, trainer or evaluator" };

    public static Command Create(CommandContext context) => new ClusterCommand(context).Build();

    private MakingCommand Build()
    {
        var command = new MakingCommand("cluster", "Runs a cluster of processes on this machine.", keepsAtEnd: true)
        {
            _supervisors, _trainers, _loaders, _evaluators, _configuration, _run, _set,
            Order("kill", "Kills a member of the running cluster; it is started again.", _member, _stayDown,
                a => $"kill {a.GetValue(_member)}{(a.GetValue(_stayDown) ? " stay-down" : "")}"),
            Order("stop", "Asks a member to leave, for good.", _member, null, a => $"stop {a.GetValue(_member)}"),
            Order("add", "Starts another member.", _role, null, a => $"add {a.GetValue(_role)}"),
        };
        command.SetAction(RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_supervisors) < 1) throw new StarlingException("--supervisors: must be at least 1");
        string file = arguments.GetValue(_configuration)!;
        string[] overrides = arguments.GetValue(_set) ?? [];
        string folder = Folder(arguments);
        context.DetailsFolder = folder;
        return context.Cluster.RunAsync(new ClusterRequest(arguments.GetValue(_supervisors),
            arguments.GetValue(_trainers), arguments.GetValue(_loaders), arguments.GetValue(_evaluators), folder, file,
            overrides), cancellationToken);
    }

    private Command Order(string name, string description, Argument<string> what, Option<bool>? option,
        Func<ParseResult, string> order)
    {
        var command = new Command(name, description) { what, _configuration, _run };
        if (option is not null) command.Add(option);
        command.SetAction(async (arguments, cancellationToken) =>
        {
            context.Out.WriteLine(await ControlClient.AskAsync(Folder(arguments), order(arguments), cancellationToken));
            return ExitCodes.Success;
        });
        return command;
    }

    private string Folder(ParseResult arguments) => arguments.GetValue(_run) ?? CommonOptions.RunFolderOf(null,
        StarlingConfiguration.Read(arguments.GetValue(_configuration)!, arguments.GetValue(_set) ?? []));

    private static Option<int> Count(string name, int standard, string description)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 1000)
                result.AddError($"{name}: must be between 0 and 1000");
        });
        return option;
    }
}
