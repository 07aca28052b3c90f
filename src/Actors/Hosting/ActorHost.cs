using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Starling.Actors.Clustering;
using Starling.Actors.Protocol;
using Starling.Actors.Runs.Events;
using Starling.Actors.Supervision;

namespace Starling.Actors.Hosting;

/// <summary>Runs a node's actor system.</summary>
internal sealed class ActorHost : IAsyncDisposable
{
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IHost _host;

    private ActorHost(IHost host, NodeSetup node)
    {
        _host = host;
        System = host.Services.GetRequiredService<ActorSystem>();
        Supervisor = host.Services.GetRequiredService<ActorRegistry>().Get<RunSupervisor>();
        Address = Cluster.Get(System).SelfAddress;
        HandshakeFailures.Survive(System, node.Signals.Joined, _ending.Task, node.Fence.Close);
    }

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>The supervisor, or a proxy that passes messages on to the supervisor of another node.</summary>
    public IActorRef Supervisor { get; }

    /// <summary>This node's own actor.</summary>
    public ActorSelection Node => System.ActorSelection(ActorNames.PathOf(ActorNames.Node));

    /// <summary>The address on which this node listens.</summary>
    public Address Address { get; }

    /// <summary>Starts the actor system with the node's actors.</summary>
    /// <param name="node">What the actors are made from.</param>
    /// <param name="events">Gets the warnings of Akka.</param>
    public static async Task<ActorHost> StartAsync(NodeSetup node, EventLog events)
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, ClusterProfile.PoolThreads), ports);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new EventLogLoggers(events, node.Time));
        builder.Services.AddAkka(ClusterProfile.SystemName, akka => akka.AddRun(node));
        IHost host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        return new ActorHost(host, node);
    }

    /// <summary>Has the fence closed if one of the node's actors ends. Called when all of them are made.</summary>
    public void WatchActors(Fence fence) =>
        System.ActorOf(Props.Create(() => new TopActorWatch(fence)), ActorNames.TopWatch);

    /// <summary>Leaves the cluster and stops the actors.</summary>
    public async ValueTask DisposeAsync()
    {
        System.EventStream.Publish(NodeProtocol.Ending.Instance);
        _ending.TrySetResult();
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
