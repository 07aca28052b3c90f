using Akka.Actor;
using Akka.Configuration;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>A program with Akka.Remote that has nothing of a run but the address of a node.</summary>
internal sealed class Stranger : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _system = ActorSystem.Create("stranger", ConfigurationFactory.ParseString("""
        akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [], actor.provider = remote }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """));

    /// <summary>Tells all actors of a node to end, in all the ways that Akka has, without TLS.</summary>
    public void Poison(string address)
    {
        string node = address.Replace("akka.ssl.tcp", "akka.tcp", StringComparison.Ordinal);
        foreach (string path in (string[])["user/*", "user/supervisor", "user/supervisor/*", "system/cluster/*"])
        {
            ActorSelection actors = _system.ActorSelection($"{node}/{path}");
            actors.Tell(PoisonPill.Instance);
            actors.Tell(Kill.Instance);
        }
    }

    public void Dispose() => _system.Terminate().Wait(Timeout);
}
