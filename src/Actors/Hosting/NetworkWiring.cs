using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Starling.Actors.Clustering;
using Starling.Actors.Protocol.Wire;

namespace Starling.Actors.Hosting;

/// <summary>Sets up the node's network, the format of its messages, and its log.</summary>
internal static class NetworkWiring
{
    /// <summary>Adds the node's settings of Akka.</summary>
    public static AkkaConfigurationBuilder AddNetwork(this AkkaConfigurationBuilder akka, NodeSetup node)
    {
        akka.AddHocon(WireProfile.Hocon + RemoteTls.HoconOf(node.Tls) + HandshakeFailures.Hocon + node.Profile,
                HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
            })
            .WithRemoting(node.Host, node.Port)
            .WithClustering(new ClusterOptions { Roles = [.. node.Roles] });
        if (node.Tls is { } tls) akka.AddSetup(tls.Setup);
        return akka;
    }
}
