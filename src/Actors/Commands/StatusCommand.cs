using System.CommandLine;
using System.Text.Json;
using Akka.Actor;
using Starling.Actors.Configuration;
using Starling.Actors.Hosting;
using Starling.Actors.Managing;

namespace Starling.Actors.Commands;

/// <summary><c>starling status</c>: how a cluster is.</summary>
internal sealed class StatusCommand(CommandContext context)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Option<string> _node = new("--node")
    {
        Description = "Any node of the cluster",
        HelpName = "host:port",
        Required = true,
    };

    private readonly Option<string?> _configuration = new("--config")
    {
        Description = "The cluster's configuration; needed only for its section cluster.tls",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<bool> _json = new("--json") { Description = "As JSON" };

    public static Command Create(CommandContext context) => new StatusCommand(context).Build();

    private Command Build()
    {
        var command = new Command("status", "Prints members, generation, hosting, step, rates and last faults.")
        {
            _node, _json, _configuration, _set,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        TlsOptions encryption = arguments.GetValue(_configuration) is { } file
            ? StarlingConfiguration.Read(file, arguments.GetValue(_set) ?? []).Cluster.Tls
            : new TlsOptions();
        using RemoteTls? tls = RemoteTls.Open(encryption, context.Time);
        Address node = ClusterProfile.AddressOf(arguments.GetValue(_node)!, "--node", RemoteTls.ProtocolOf(tls));
        await using StatusClient client = StatusClient.For(node, tls);
        NodeProtocol.ClusterStatus status = await client.AskAsync(node, Patience).WaitAsync(cancellationToken);
        if (arguments.GetValue(_json))
            context.Out.WriteLine(JsonSerializer.Serialize(status, OptionsJson.Serializer));
        else foreach (string line in StatusText.Lines(status)) context.Out.WriteLine(line);
        return ExitCodes.Success;
    }
}
