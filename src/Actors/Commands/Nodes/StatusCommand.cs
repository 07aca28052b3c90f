using System.CommandLine;
using System.Text.Json;
using Akka.Actor;
using Starling.Actors.Clustering;
using Starling.Actors.Clustering.Names;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Commands.Nodes;

/// <summary><c>starling status</c>: prints the state of a cluster.</summary>
internal sealed class StatusCommand(CommandContext context)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Option<string?> _node = new("--node")
    {
        Description = "Any node of the cluster [default: one of the starling cluster that runs in --run]",
        HelpName = "host:port",
    };

    private readonly Option<string?> _configuration = new("--config")
    {
        Description = "The run's configuration file; needed if its nodes talk over cluster.tls",
        HelpName = "FILE",
    };

    private readonly Option<string?> _run = new("--run")
    {
        Description = "The run's folder; needed for nodes of a starling cluster, whose key is there",
        HelpName = "DIR",
    };

    private readonly Option<string[]> _set = CommonOptions.Set();

    private readonly Option<bool> _json = new("--json") { Description = "As JSON" };

    public static Command Create(CommandContext context) => new StatusCommand(context).Build();

    private Command Build()
    {
        var command = new Command("status", "Prints members, generation, hosting, step, rates and last faults.")
        {
            _node, _run, _configuration, _set, _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        (string? named, string? run) = (arguments.GetValue(_node), arguments.GetValue(_run));
        using RemoteTls? tls = Tls(run, arguments.GetValue(_configuration), arguments.GetValue(_set) ?? []);
        Address node = named is not null
            ? await AddressOfAsync(
                ClusterProfile.AddressOf(named, "--node", RemoteTls.ProtocolOf(tls)), cancellationToken)
            : run is not null ? Address.Parse(await ControlClient.AskAsync(run, "node", cancellationToken))
            : throw new StarlingException("name a --node, or the --run folder of a starling cluster");
        await using StatusClient client = StatusClient.For(node, tls);
        NodeProtocol.ClusterStatus status = await client.AskAsync(node, Timeout).WaitAsync(cancellationToken);
        if (arguments.GetValue(_json))
            context.Out.WriteLine(JsonSerializer.Serialize(status, OptionsJson.Serializer));
        else foreach (string line in StatusText.Lines(status).Concat(TimeLines(run))) context.Out.WriteLine(line);
        return ExitCodes.Success;
    }

    /// <summary>Tells what the run's time was spent on, if the folder is known and has the figures.</summary>
    private static IEnumerable<string> TimeLines(string? run) =>
        run is not null && RunTimesRecord.Read(run) is { Goodput: not null } times ? StatusText.Times(times) : [];

    /// <summary>Looks up the node's name: a node answers only to its address.</summary>
    private async Task<Address> AddressOfAsync(Address named, CancellationToken cancellationToken)
    {
        NameLookUps names = new(SystemNameService.Instance, context.Time);
        Seed node = new(named, await names.FindAsync(named.Host!, Timeout, cancellationToken));
        return node.Addresses.FirstOrDefault() ??
            throw new StarlingException($"--node {node}: {node.Answer.Problem}: a node's ready line names its address");
    }

    private RemoteTls? Tls(string? run, string? configuration, string[] overrides)
    {
        TlsOptions options = configuration is null && overrides.Length == 0
            ? new TlsOptions()
            : StarlingConfiguration.Read(configuration ?? ConfigurationFiles.Default, overrides).Cluster.Tls;
        return run is null ? RemoteTls.Open(options, context.Time) : ClusterKey.Find(options, run, context.Time);
    }
}
