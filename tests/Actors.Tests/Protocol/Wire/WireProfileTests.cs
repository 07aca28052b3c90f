using Akka.Actor;
using Akka.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Protocol.Wire;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Protocol.Wire;

/// <summary>Two systems over TCP, with the profile on one or both.</summary>
public sealed class WireProfileTests() : ActorTests(WireProfile.Hocon + Remote)
{
    private const string Remote = """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }

        """;

    [Fact]
    public async Task Messages_and_the_actors_in_them_arrive_on_another_node()
    {
        await With(WireProfile.Hocon, other =>
        {
            Target(other).Tell(new SupervisorProtocol.RegisterLoader(
                new RunIdentity(1, "a", "b", "c"), "loader-1", other.ActorOf(Props.Create<Answering>())));
            ExpectMsg<SupervisorProtocol.RegisterLoader>(Timeout)
                .Actor.Tell(new LoaderProtocol.Request(4, 2), TestActor);
            Assert.Equal(new LoaderProtocol.Withdraw(4, 2), ExpectMsg<LoaderProtocol.Withdraw>(Timeout));
        });
    }

    /// <summary>Newtonsoft's JSON names types: neither sent nor taken, and the connection lives on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_types_are_refused_and_the_connection_stays(bool senderIsStrict)
    {
        await With(senderIsStrict ? WireProfile.Hocon : Trusting, other =>
        {
            IActorRef target = Target(other);
            target.Tell(new LoaderProtocol.Request(1, 0));
            ExpectMsg<LoaderProtocol.Request>(Timeout);
            IActorRef first = LastSender;
            target.Tell(new Version(1, 2));
            target.Tell(new LoaderProtocol.Request(2, 0));
            // The next thing that arrives is what was sent after it, over the same connection.
            Assert.Equal(new LoaderProtocol.Request(2, 0), ExpectMsg<object>(Timeout));
            Assert.Equal(first, LastSender);
        });
    }

    [Fact]
    public async Task No_node_deploys_an_actor_on_another()
    {
        await With(Trusting, other =>
        {
            Address here = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
            IActorRef deployed = other.ActorOf(Props.Create<Answering>()
                .WithDeploy(Deploy.None.WithScope(new RemoteScope(here))), "intruder");
            deployed.Tell(new LoaderProtocol.Request(4, 2), TestActor);
            Target(other).Tell(new LoaderProtocol.Request(5, 0));
            Assert.Equal(new LoaderProtocol.Request(5, 0), ExpectMsg<object>(Timeout));
        });
    }

    [Fact]
    public void Only_known_serializers_are_registered()
    {
        string[] known =
        [
            "bytes", "akka-containers", "akka-misc", "primitive", "akka-system-msg", "starling",
        ];
        Config serializers = Sys.Settings.Config.GetConfig("akka.actor.serializers");
        IEnumerable<string> trusted = serializers.AsEnumerable()
            .Where(entry => !entry.Value.GetString().Contains(nameof(RefusingSerializer), default))
            .Select(entry => entry.Key);
        Assert.Equal(known.Order(), trusted.Order());
    }

    // A node that knows the messages but would send any other type too, as JSON.
    private static string Trusting => $$"""
        akka.actor {
          serializers.starling = "{{typeof(StarlingSerializer).FullName}}, starling"
          serialization-bindings { "{{typeof(LoaderProtocol.Request).FullName}}, starling" = starling }
        }

        """;

    private IActorRef Target(ActorSystem from) => ((ExtendedActorSystem)from).Provider.ResolveActorRef(
        TestActor.Path.ToStringWithAddress(((ExtendedActorSystem)Sys).Provider.DefaultAddress));

    private static async Task With(string profile, Action<ActorSystem> test)
    {
        ActorSystem other = ActorSystem.Create("other", ConfigurationFactory.ParseString(
            profile + Remote + "akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }"));
        try
        {
            test(other);
        }
        finally
        {
            await other.Terminate();
        }
    }

    private sealed class Answering : ReceiveActor
    {
        public Answering() => Receive<LoaderProtocol.Request>(m =>
            Sender.Tell(new LoaderProtocol.Withdraw(m.Step, m.Replica)));
    }
}
