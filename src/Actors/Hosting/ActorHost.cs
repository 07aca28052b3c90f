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

/// <summary>A node's actor system.</summary>
internal sealed class ActorHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ActorHost(IHost host)
    {
        _host = host;
        System = host.Services.GetRequiredService<ActorSystem>();
        Supervisor = host.Services.GetRequiredService<ActorRegistry>().Get<RunSupervisor>();
        Address = Cluster.Get(System).SelfAddress;
    }

    public ActorSystem System { get; }

    /// <summary>The supervisor, on whichever node it is.</summary>
    public IActorRef Supervisor { get; }

    /// <summary>This node's own actor.</summary>
    public ActorSelection Node => System.ActorSelection(ActorNames.PathOf(ActorNames.Node));

    /// <summary>Where this node listens.</summary>
    public Address Address { get; }

    /// <summary>Starts the node's actors.</summary>
    public static async Task<ActorHost> StartAsync(NodeSetup node, EventLog events)
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, ClusterProfile.PoolThreads), ports);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new EventLogLoggers(events));
        builder.Services.AddAkka(ClusterProfile.SystemName, akka => akka.AddRun(node));
        IHost host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        return new ActorHost(host);
    }

    /// <summary>Leaves the cluster and ends the actors.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
