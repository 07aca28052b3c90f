using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Protocol.Wire;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>Asks nodes how their cluster is, from a system that is no member of it.</summary>
internal sealed class StatusClient : IAsyncDisposable
{
    private readonly ActorSystem _system;

    private StatusClient(ActorSystem system) => _system = system;

    /// <summary>Makes a client.</summary>
    /// <param name="node">A node that will be asked: it says on which of this machine's addresses to listen.</param>
    /// <param name="tls">What to show, and whom to trust; null for no encryption.</param>
    public static StatusClient For(Address node, RemoteTls? tls)
    {
        Config profile = ConfigurationFactory.ParseString(
            WireProfile.Hocon + RemoteTls.HoconOf(tls) + ClusterProfile.Client(AddressTowards(node)));
        ActorSystemSetup setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(profile));
        return new(ActorSystem.Create(
            ClusterProfile.SystemName + "-client", tls is null ? setup : setup.And(tls.Setup)));
    }

    /// <summary>Asks a node.</summary>
    /// <exception cref="StarlingException">It does not answer.</exception>
    public async Task<NodeProtocol.ClusterStatus> AskAsync(Address node, TimeSpan timeout)
    {
        ActorSelection actor = _system.ActorSelection(new RootActorPath(node) / "user" / ActorNames.Node);
        try
        {
            return await actor.Ask<NodeProtocol.ClusterStatus>(NodeProtocol.StatusRequest.Instance, timeout);
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            throw new StarlingException($"no node answers at {node.Host}:{node.Port}: a node's ready line says " +
                "where it listens; with TLS, --config has to be the cluster's", e);
        }
    }

    /// <summary>Ends the client.</summary>
    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>The address that the system would send from; no packet leaves for it.</summary>
    private static string AddressTowards(Address node)
    {
        using Socket socket = new(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(node.Host!, node.Port!.Value);
        }
        catch (SocketException e)
        {
            throw new StarlingException($"{node.Host}:{node.Port} cannot be reached from here ({e.Message})", e);
        }
        System.Net.IPAddress local = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Address;
        return (local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local).ToString();
    }
}
