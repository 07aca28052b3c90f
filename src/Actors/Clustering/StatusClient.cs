using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Protocol.Wire;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>Asks nodes for the state of their cluster, from an actor system that is not a member of it.</summary>
internal sealed class StatusClient : IAsyncDisposable
{
    private readonly ActorSystem _system;

    private StatusClient(ActorSystem system) => _system = system;

    /// <summary>Makes a client.</summary>
    /// <param name="node">
    /// A node that will be asked. The client listens on the address of this machine from which packets to the node are
    /// sent.
    /// </param>
    /// <param name="tls">The client's certificate and the trusted authority; null for no encryption.</param>
    public static StatusClient For(Address node, RemoteTls? tls)
    {
        Config profile = ConfigurationFactory.ParseString(
            WireProfile.Hocon + RemoteTls.HoconOf(tls) + ClusterProfile.Client(AddressTowards(node)));
        ActorSystemSetup setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(profile));
        return new(ActorSystem.Create(
            ClusterProfile.SystemName + "-client", tls is null ? setup : setup.And(tls.Setup)));
    }

    /// <summary>Asks a node for the state of its cluster.</summary>
    /// <exception cref="StarlingException">The node does not answer in time.</exception>
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
                "where it listens; --run has to name the folder of a starling cluster, or --config a cluster.tls", e);
        }
    }

    /// <summary>Ends the client's actor system.</summary>
    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>
    /// Finds the address of this machine from which the operating system would send to a node. No packet is sent.
    /// </summary>
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
