using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Serialization;
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
                new RunIdentity(1, "a", "b", "c", "d"), "loader-1", other.ActorOf(Props.Create<Answering>())));
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

    /// <summary>As a stranger sends them: to an actor, to a path, and to whatever is there.</summary>
    [Fact]
    public async Task What_stops_actors_is_refused_and_the_connection_stays()
    {
        await With(Trusting, other =>
        {
            IActorRef target = Target(other);
            string path = target.Path.ToStringWithAddress();
            ActorSelection named = other.ActorSelection(path),
                all = other.ActorSelection(path[..path.LastIndexOf('/')] + "/*");
            object[] poisons = [PoisonPill.Instance, Kill.Instance, new Status.Failure(new IOException())];
            foreach (object poison in poisons)
            {
                target.Tell(poison);
                named.Tell(poison);
                all.Tell(poison);
            }
            all.Tell(new LoaderProtocol.Request(1, 0));
            target.Tell(new LoaderProtocol.Request(2, 0));
            named.Tell(new LoaderProtocol.Request(3, 0));
            Assert.Equal(new LoaderProtocol.Request(2, 0), ExpectMsg<object>(Timeout));
            Assert.Equal(new LoaderProtocol.Request(3, 0), ExpectMsg<object>(Timeout));
        });
    }

    /// <summary>Akka ends the connection then; the next one is taken.</summary>
    [Fact]
    public async Task Orders_of_akka_to_an_actor_are_refused()
    {
        await With(Trusting + "akka.remote.retry-gate-closed-for = 100ms\n", other =>
        {
            IActorRef target = Target(other);
            ((IInternalActorRef)target).SendSystemMessage(new Suspend());
            ((IInternalActorRef)target).SendSystemMessage(new Terminate());
            AwaitAssert(() =>
            {
                target.Tell(new LoaderProtocol.Request(2, 0));
                ExpectMsg<LoaderProtocol.Request>(TimeSpan.FromSeconds(1));
            }, Timeout);
        });
    }

    [Fact]
    public async Task Messages_in_each_other_are_refused()
    {
        await With(Trusting, other =>
        {
            object nested = new LoaderProtocol.Request(1, 0);
            for (int i = 0; i < 3; i++) nested = new ActorSelectionMessage(nested, [new SelectChildName("x")]);
            IActorRef target = Target(other);
            target.Tell(nested);
            target.Tell(new Identify(new Identify(new Identify(1))));
            target.Tell(new LoaderProtocol.Request(2, 0));
            Assert.Equal(new LoaderProtocol.Request(2, 0), ExpectMsg<object>(Timeout));
        });
    }

    [Fact]
    public async Task An_actor_of_another_node_is_found_and_its_end_is_told()
    {
        await With(WireProfile.Hocon, other =>
        {
            IActorRef watched = other.ActorOf(Props.Create<Answering>(), "watched");
            Address there = ((ExtendedActorSystem)other).Provider.DefaultAddress;
            Sys.ActorSelection(watched.Path.ToStringWithAddress(there)).Tell(new Identify("who"), TestActor);
            IActorRef found = ExpectMsg<ActorIdentity>(Timeout).Subject;
            Watch(found);
            found.Tell(new LoaderProtocol.Request(4, 2), TestActor); // so the watch is there before the end
            ExpectMsg<LoaderProtocol.Withdraw>(Timeout);
            other.Stop(watched);
            ExpectTerminated(found, Timeout);
        });
    }

    /// <summary>Akka's own numbers and names, with which the serializers in front of them have to go on.</summary>
    [Theory]
    [InlineData(typeof(RemoteMessages), "Akka.Remote.Serialization.MiscMessageSerializer, Akka.Remote")]
    [InlineData(typeof(DeathWatchMessages), "Akka.Remote.Serialization.SystemMessageSerializer, Akka.Remote")]
    [InlineData(typeof(SelectionMessages), "Akka.Remote.Serialization.MessageContainerSerializer, Akka.Remote")]
    [InlineData(typeof(MembershipMessages), "Akka.Cluster.Serialization.ClusterMessageSerializer, Akka.Cluster")]
    [InlineData(typeof(HandoverMessages),
        "Akka.Cluster.Tools.Singleton.Serialization.ClusterSingletonMessageSerializer, Akka.Cluster.Tools")]
    public async Task A_serializer_keeps_the_number_of_the_one_it_stands_for(Type serializer, string akkas)
    {
        ActorSystem node = ActorSystem.Create("node", ConfigurationFactory.ParseString(WireProfile.Hocon + Remote + """
            akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [], actor.provider = cluster }
            """).WithFallback(ClusterSingleton.DefaultConfig()));
        try
        {
            var instance = (Serializer)Activator.CreateInstance(serializer, node)!;
            Assert.Equal(node.Settings.Config.GetConfig("akka.actor.serialization-identifiers").AsEnumerable()
                .Single(entry => entry.Key.Trim('"') == akkas).Value.GetInt(), instance.Identifier);
        }
        finally
        {
            await node.Terminate();
        }
    }

    [Fact]
    public void Only_known_serializers_are_registered()
    {
        string[] known =
        [
            "bytes", "akka-containers", "akka-misc", "primitive", "akka-system-msg", "starling", "akka-cluster",
            "akka-singleton",
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
