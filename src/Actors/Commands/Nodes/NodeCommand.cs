using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.Commands.Nodes;

/// <summary><c>starling node</c>: runs one node of a cluster.</summary>
internal sealed class NodeCommand(CommandContext context)
{
    private readonly Option<string> _roles = new("--roles")
    {
        Description = "What the node does, with commas: supervisor, loader, trainer, evaluator",
        HelpName = "ROLES",
        DefaultValueFactory = _ => string.Join(',', NodeRole.All),
    };

    private readonly Option<string> _host = new("--host")
    {
        Description = "The address it listens on, and the others reach it by",
        HelpName = "H",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<int> _port = new("--port") { Description = "The port; 0 for any", HelpName = "P" };

    private readonly Option<string?> _seed = new("--seed")
    {
        Description = "Nodes of the cluster to join, with commas; without it the node begins one",
        HelpName = "host:port",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "The node's name, the same after a restart [default: made of role, machine and process]",
        HelpName = "NAME",
    };

    private readonly Option<string> _configuration = CommonOptions.Configuration(ConfigurationFiles.Default);
    private readonly Option<string?> _run = CommonOptions.RunFolder();
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<bool> _managed = new(ManagedFlag) { Hidden = true };

    /// <summary>
    /// The option with which <c>starling cluster</c> starts a node, to whose standard input it then writes.
    /// </summary>
    public const string ManagedFlag = "--managed";

    public static Command Create(CommandContext context) => new NodeCommand(context).Build();

    private MakingCommand Build()
    {
        var command = new MakingCommand(
            "node", "Runs one node of a cluster; all nodes share the run folder.", keepsAtEnd: true)
        {
            _roles, _host, _port, _seed, _name, _configuration, _run, _set, _managed,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        StarlingOptions options = StarlingConfiguration.Read(
            arguments.GetValue(_configuration)!, arguments.GetValue(_set) ?? []);
        int port = arguments.GetValue(_port);
        if (port is < 0 or > ushort.MaxValue)
            throw new StarlingException($"--port {port}: must be between 0 and {ushort.MaxValue}");
        string? name = arguments.GetValue(_name);
        if (name is not null && !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
            throw new StarlingException($"--name {name}: must be letters, digits, '-' or '.'");
        string folder = CommonOptions.RunFolderOf(arguments.GetValue(_run), options);
        context.DetailsFolder = folder;
        NodeRequest request = new(name, Roles(arguments.GetValue(_roles)!), arguments.GetValue(_host)!, port,
            Words(arguments.GetValue(_seed) ?? ""), folder, arguments.GetValue(_managed));
        try
        {
            return await context.Node.RunAsync(options, request, cancellationToken);
        }
        catch (StarlingException e) when (e.InnerException?.MayPass() == true)
        {
            // The other nodes go on meanwhile. A disk that fails for a moment must not cost them this one for ever.
            throw new TryAgainException(e.Message, e);
        }
    }

    private static string[] Roles(string text)
    {
        string[] roles = Words(text);
        if (roles.FirstOrDefault(r => !NodeRole.All.Contains(r)) is { } unknown)
            throw new StarlingException($"--roles: there is no role '{unknown}'" +
                (NearestName.Of(unknown, NodeRole.All) is { } nearest ? $"; did you mean {nearest}?"
                : $"; there are {string.Join(", ", NodeRole.All)}"));
        return roles.Length > 0 ? roles : throw new StarlingException("--roles: name at least one role");
    }

    private static string[] Words(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
