using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Starling.Actors.Clustering;

namespace Starling.Actors.Tests.Clustering;

/// <summary>An actor system that listens on loopback, with TLS or without.</summary>
internal sealed class TlsNode : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource
        _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously),
        _distrusts = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TlsNode(RemoteTls? tls, string more = "")
    {
        ActorSystemSetup setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(
            ConfigurationFactory.ParseString(RemoteTls.HoconOf(tls) + more + """

                akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }
                akka.actor.provider = remote
                akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
                """)));
        System = ActorSystem.Create("node", tls is null ? setup : setup.And(tls.Setup));
        IActorRef listener = System.ActorOf(Props.Create(() => new Listener(_disconnected, _distrusts)));
        System.EventStream.Subscribe(listener, typeof(Warning));
        System.EventStream.Subscribe(listener, typeof(Akka.Remote.AssociationErrorEvent));
    }

    public ActorSystem System { get; }

    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    /// <summary>The path of a new actor.</summary>
    public string Path => System.ActorOf(Props.Empty).Path.ToStringWithAddress(Address);

    /// <summary>A connection failed.</summary>
    public Task Disconnected => _disconnected.Task;

    /// <summary>A certificate was refused, and the log says so.</summary>
    public Task Distrusts => _distrusts.Task;

    public Task<ActorIdentity> AskAsync(string path) => System.ActorSelection(path)
        .Ask<ActorIdentity>(new Identify(1), Timeout, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await System.Terminate();

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource disconnected, TaskCompletionSource distrusts)
        {
            Receive<Warning>(m =>
            {
                if (m.ToString().Contains("is not one of cluster.tls.ca's", default)) distrusts.TrySetResult();
            });
            Receive<Akka.Remote.AssociationErrorEvent>(_ => disconnected.TrySetResult());
        }
    }
}
