using Akka.Actor;
using Akka.Configuration;
using Starling.Actors.Loading;
using Starling.Actors.Protocol;
using Starling.Actors.Protocol.Wire;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Loading;

/// <summary>A loader in one actor system is asked from another one over TCP.</summary>
public sealed class LoaderTravelTests() : ActorTests(Profile)
{
    private const string Remote = """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }

        """;

    private static string Profile => WireProfile.Hocon + Remote;

    [Fact]
    public async Task Tokens_travel()
    {
        await Asked(travels: true, answer =>
        {
            LoaderProtocol.LoadedTokens tokens = Assert.IsType<LoaderProtocol.LoadedTokens>(answer);
            Assert.Equal([3, 0, 1, 0], tokens.Codes.ToArray());
            Assert.Equal([7], tokens.Labels);
        });
    }

    [Fact]
    public async Task Images_do_not_and_the_asker_hears_which_key_to_change()
    {
        await Asked(travels: false, answer =>
        {
            LoaderProtocol.Failed failed = Assert.IsType<LoaderProtocol.Failed>(answer);
            Assert.Equal((3, 1, FaultScope.Request), (failed.Step, failed.Replica, failed.Scope));
            Assert.Contains("data.tokenizeOn=loader", failed.Reason);
        });
    }

    private async Task Asked(bool travels, Action<object> check)
    {
        ActorSystem other = ActorSystem.Create("other",
            ConfigurationFactory.ParseString(Profile + "akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }"));
        try
        {
            ScriptedSource source = new(travels);
            IActorRef nobody = other.ActorOf(Props.Empty);
            IActorRef loader = other.ActorOf(Props.Create(() =>
                new ShardLoader("l", TestIdentity.Run, () => source, 2, nobody, nobody, TimeProvider.System)));
            Address there = ((ExtendedActorSystem)other).Provider.DefaultAddress;
            ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(loader.Path.ToStringWithAddress(there))
                .Tell(new LoaderProtocol.Request(3, 1), TestActor);
            if (travels)
            {
                await source.AskedAsync(Timeout);
                source.Make(3, 1);
            }
            check(ExpectMsg<object>(Timeout));
        }
        finally
        {
            await other.Terminate();
        }
    }
}
