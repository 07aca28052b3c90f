using System.Net;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Cluster;
using Spectre.Console;
using Starling.Actors.Clustering;
using Starling.Actors.Clustering.Names;
using Starling.Actors.Collectives;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Files;
using TorchSharp;

namespace Starling.Actors.Hosting.Processes;

/// <summary>
/// Runs one node of a cluster with the actors of its roles, until the run is over, the node leaves, or the cluster has
/// removed the node.
/// </summary>
public sealed partial class NodeHost(IAnsiConsole console, TextReader input, TimeProvider time) : INodeHost
{
    // Together less than the 30 s that a process manager usually grants between SIGTERM and SIGKILL.
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(15), EndTimeout = TimeSpan.FromSeconds(12);

    /// <summary>
    /// How long the node that led the run stays so that the other nodes can hear that the run is over.
    /// </summary>
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a node waits for its name, which a process that others have given up may have for a while: longer than
    /// the lock of a dead machine lasts on NFS.
    /// </summary>
    private static readonly TimeSpan NameLimit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FenceTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FarewellPollInterval = TimeSpan.FromSeconds(0.2);

    private readonly NameLookUps _names = new(SystemNameService.Instance, time);

    /// <inheritdoc/>
    public async Task<int> RunAsync(
        StarlingOptions options, NodeRequest request, CancellationToken cancellationToken)
    {
        CheckLoaders(options.Data, request.Roles);
        NodeAddresses addresses = new(_names, options.Cluster.AllowPublicAddress, time);
        IPAddress address = await addresses.OfNodeAsync(request.Host, request.Port, Say, cancellationToken);
        IPAddress exchange = options.Cluster.CollectiveHost is { } other
            ? await addresses.OfExchangeAsync(other, Say, cancellationToken) : address;
        using RemoteTls? tls = ClusterKey.Find(options.Cluster.Tls, request.RunFolder, time);
        Address[] seeds =
            [.. request.Seeds.Select(seed => ClusterProfile.AddressOf(seed, "--seed", RemoteTls.ProtocolOf(tls)))];
        await CheckAsync(seeds, cancellationToken);
        ICollectiveEngine engine = EngineOf(options, request);
        string name = request.Name ?? NameOf(request.Roles[0]);
        using RunLock shared = await RunLock.JoinAsync(request.RunFolder, name,
            () => new CheckpointStore(CheckpointPaths.Of(request.RunFolder)).Recover(), time,
            // A manager starts the node again. It could not tell a node that waits here to leave.
            new NameWait(request.Managed ? TimeSpan.Zero : NameLimit, Say), cancellationToken);
        ActorHost? started = null;
        TaskCompletionSource leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration asked = cancellationToken.Register(() => leaving.TrySetResult());
        if (request.Managed) ParentPipe.Read(input, order => CarryOut(order, Volatile.Read(ref started), leaving));
        Task<RunContext> opening = RunContext.OpenAsync(options, request.RunFolder,
            new OpeningProgress(console.Profile.Out.Writer.WriteLine, time), cancellationToken);
        if (await Task.WhenAny(opening, leaving.Task) != opening) return ExitCodes.Interrupted;
        RunContext run = await opening;
        await using RunServices services = await RunServices.OpenAsync(run, name, request.Roles, console, time);
        NodeSetup node = services.Node(name, request.Roles,
            ClusterProfile.Many(Path.Combine(run.Folder, "leases")), force: false) with
        {
            Host = address.ToString(),
            Port = request.Port,
            Tls = tls,
            BeginsCluster = seeds.Length == 0,
            Engine = engine,
            Collective = new CollectiveOptions
            {
                Address = exchange,
                OperationTimeout = TimeSpan.FromSeconds(options.Cluster.ExchangeTimeoutSeconds),
            },
            RunEventLog = Path.Combine(run.Folder, "events.jsonl"),
        };
        ActorHost host = await ActorHost.StartAsync(node, services.Events);
        Volatile.Write(ref started, host);
        host.System.ActorOf(Props.Create(() => new MembershipGuard(node.Fence, services.Metrics.Cluster,
            TimeSpan.FromSeconds(options.Cluster.LeaseSeconds), time)), ActorNames.Guard);
        host.System.ActorOf(Props.Create(() => new NodeWatch(ProcessProbe.HasEndedAsync)), ActorNames.Watch);
        host.WatchActors(node.Fence);

        using CancellationTokenSource ending = new();
        Task joining = node.BeginsCluster ? Task.CompletedTask
            : JoinOf(seeds, node, host, services).RunAsync(node.Signals.Joined, ending.Token);
        if (tls is null)
            _ = RefuseWithoutKeyAsync(node, seeds, Task.WhenAny(node.Signals.Joined, host.System.WhenTerminated));
        Announcement announcement = services.Announcement(name, request.Roles, address);
        await LiveAsync(node, host, services, announcement, leaving.Task);
        await ending.CancelAsync();
        await joining;
        await services.AbandonAsync();
        if (node.Fence.IsClosed || host.System.WhenTerminated.IsCompleted)
            return await EndFencedAsync(node, host, services);
        await EndAsync(host);
        int code = await ExitCodeOfAsync(node, services);
        // A node that ends otherwise is missed: Prometheus says so.
        if (code == ExitCodes.Success) await announcement.WithdrawAsync();
        return code;
    }

    /// <summary>
    /// Reports when the node has joined, waits for the event that ends the node, and has the node released.
    /// </summary>
    private async Task LiveAsync(
        NodeSetup node, ActorHost host, RunServices services, Announcement announcement, Task leaving)
    {
        NodeSignals signals = node.Signals;
        Task ends = Task.WhenAny(signals.Over, signals.Refused, node.Fence.Closed, host.System.WhenTerminated);
        if (await Task.WhenAny(signals.Joined, ends, leaving) == signals.Joined)
        {
            services.View.Note(NodeLines.Ready(
                node.Name, host.Address.ToString(), new Uri(services.Server.Address, "metrics")));
            announcement.Make();
        }
        if (await Task.WhenAny(ends, leaving) == leaving && signals.Joined.IsCompleted)
        {
            services.View.Note($"node {node.Name} leaves");
            host.Node.Tell(NodeProtocol.Leave.Instance);
            await Task.WhenAny(signals.Released, ends, Task.Delay(ReleaseTimeout, time, CancellationToken.None));
        }
        if (!signals.Over.IsCompletedSuccessfully) return;
        SupervisorProtocol.RunEnded over = await signals.Over;
        services.View.Note(NodeLines.Over(over.Outcome, over.Step));
        if (services.Ended.IsCompleted) await FarewellAsync(host);
    }

    /// <summary>
    /// Waits for the other nodes to leave. The supervisor on this node tells each of them that the run is over. If this
    /// node left first, another node would start a new supervisor, which would resume the run.
    /// </summary>
    private async Task FarewellAsync(ActorHost host)
    {
        Cluster cluster = Cluster.Get(host.System);
        long began = time.GetTimestamp();
        while (cluster.State.Members.Count > 1 && time.GetElapsedTime(began) < FarewellTimeout)
            await Task.Delay(FarewellPollInterval, time);
    }

    /// <summary>
    /// Ends a node that the other nodes took for dead. The node does not say goodbye to the cluster, which has removed
    /// it.
    /// </summary>
    private async Task<int> EndFencedAsync(NodeSetup node, ActorHost host, RunServices services)
    {
        string reason = node.Fence.IsClosed ? await node.Fence.Closed
            : "the node could not join, or the cluster ended it";
        node.Fence.Close(reason);
        services.Events.Write("fenced", 0, 0, ("reason", reason));
        services.View.Note($"node {node.Name} is out of the cluster: {reason}; started again, it is a new node");
        if (!host.System.WhenTerminated.IsCompleted) Cluster.Get(host.System).Down(host.Address);
        await Task.WhenAny(host.System.WhenTerminated, Task.Delay(FenceTimeout, time));
        return ExitCodes.StartAgain;
    }

    private async Task EndAsync(ActorHost host)
    {
        // The wait is limited because the end of the actors may hang. The other nodes know by now that this node
        // leaves.
        await Task.WhenAny(host.DisposeAsync().AsTask(), Task.Delay(EndTimeout, time));
    }

    private static async Task<int> ExitCodeOfAsync(NodeSetup node, RunServices services)
    {
        if (node.Signals.Refused.IsCompleted)
        {
            SupervisorProtocol.Refused refused = await node.Signals.Refused;
            if (!refused.IsForNow) throw new StarlingException(refused.Reason);
            services.Events.Write("left_out", 0, 0, ("reason", refused.Reason));
            services.View.Note($"the run goes on without node {node.Name}: {refused.Reason}; once that is put right, " +
                "the node may be started again");
            return ExitCodes.StartAgain;
        }
        if (!node.Signals.Over.IsCompleted) return ExitCodes.Success;
        SupervisorProtocol.RunEnded over = await node.Signals.Over;
        services.Events.Write("ended", over.Step, 0,
            ("outcome", over.Outcome.Named()), ("reason", over.Reason));
        return over.Outcome switch
        {
            RunOutcome.Rejected => throw new StarlingException(over.Reason ?? "the run was refused"),
            RunOutcome.Failed => throw new InvalidOperationException(
                $"the run failed after step {over.Step}: {over.Reason}"),
            _ => ExitCodes.Success,
        };
    }

    /// <summary>Looks up the seeds once, so that a misspelt name is one line at the start.</summary>
    private async Task CheckAsync(IReadOnlyList<Address> named, CancellationToken cancellationToken)
    {
        IReadOnlyList<Seed> seeds = await Seed.FindAsync(named, _names, cancellationToken);
        Seed.Check(seeds);
        foreach (Seed seed in seeds.Where(s => s.Answer.Problem is not null))
            Say($"--seed {seed}: {seed.Answer.Problem}; it is looked up again at each attempt to join");
    }

    private ClusterJoin JoinOf(IReadOnlyList<Address> seeds, NodeSetup node, ActorHost host, RunServices services)
    {
        Cluster cluster = Cluster.Get(host.System);
        return new ClusterJoin
        {
            Seeds = seeds,
            Self = host.Address,
            Names = _names,
            Join = cluster.JoinSeedNodes,
            State = () => cluster.State,
            Note = text => services.View.Note($"node {node.Name}: {text}"),
            GiveUp = node.Fence.Close,
            Time = time,
        };
    }

    /// <summary>
    /// Ends a node whose seeds are in a cluster with a key or certificates, which this node does not have.
    /// </summary>
    private static async Task RefuseWithoutKeyAsync(NodeSetup node, IReadOnlyList<Address> seeds, Task ended)
    {
        if (await TlsProbe.FindAsync(seeds, ended, node.Time) is { } seed)
            node.Signals.SetRefused(new SupervisorProtocol.Refused(
                $"--seed {seed.Host}:{seed.Port}: the nodes there take only those that have their key, and " +
                $"{node.Run.Folder} does not hold it: this node's run folder is not the run's, or cluster.tls is not " +
                "set as theirs is"));
    }

    /// <summary>Prints a line before there is a view.</summary>
    private void Say(string line) => console.Profile.Out.Writer.WriteLine(line);

    /// <summary>
    /// Carries out an order of the manager. Before the actors run there is nothing to stop; the order to stop is
    /// repeated.
    /// </summary>
    private static void CarryOut(string order, ActorHost? host, TaskCompletionSource leaving)
    {
        if (order == NodeLines.Leave) leaving.TrySetResult();
        if (order == NodeLines.Stop) host?.Supervisor.Tell(SupervisorProtocol.StopRun.Instance);
    }

    /// <summary>
    /// Chooses the collective engine before a generation needs it, so that a missing library is reported at the start.
    /// </summary>
    private ICollectiveEngine EngineOf(StarlingOptions options, NodeRequest request)
    {
        if (options.Cluster.Engine == CollectiveEngine.Inproc || !request.Roles.Contains(NodeRole.Trainer))
            return new InProcessEngine();
        string name = options.Cluster.Engine.Named();
        DeviceType device = new torch.Device(options.Training.Device).type;
        return request.Seeds.Count > 0 ? CollectiveEngines.For(name, device)
            : CollectiveEngines.ForTheFirst(name, device, Say);
    }

    /// <summary>
    /// Checks that trainers get images from a loader of their own node. Otherwise the first batch would fail, long
    /// after the start.
    /// </summary>
    private static void CheckLoaders(DataOptions data, IReadOnlyList<string> roles)
    {
        bool loads = roles.Contains(NodeRole.Loader), trains = roles.Contains(NodeRole.Trainer);
        if (data.TokenizeOn == TokenizeOn.Trainer && loads != trains)
            throw new StarlingException(
                $"--roles {string.Join(',', roles)}: images do not travel between nodes: set " +
                "data.tokenizeOn=loader on all nodes, or give every trainer's node the loader role");
    }

    private static string NameOf(string role) => NotInNames().Replace(
        FormattableString.Invariant($"{role}-{Environment.MachineName}-{Environment.ProcessId}"), "-");

    [GeneratedRegex("[^A-Za-z0-9.-]")]
    private static partial Regex NotInNames();
}
