using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Starling.Actors.Clustering.Names;

namespace Starling.Actors.Clustering;

/// <summary>
/// Has a node join its cluster: looks up the seeds again and again, has Akka try their addresses, and tells the user
/// what keeps the node out. Runs beside the actors, so that no actor waits for a name server.
/// </summary>
internal sealed class ClusterJoin
{
    /// <summary>How long the seeds may be silent before the node gives up.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>When the user is told what the node waits for, first and then again and again.</summary>
    public static readonly TimeSpan FirstReport = TimeSpan.FromSeconds(15), ReportEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private IReadOnlyList<Address> _joining = [];

    /// <summary>The seeds as the user named them.</summary>
    public required IReadOnlyList<Address> Seeds { get; init; }

    /// <summary>The address of this node.</summary>
    public required Address Self { get; init; }

    /// <summary>Looks up the seeds.</summary>
    public required NameLookUps Names { get; init; }

    /// <summary>Has Akka try these addresses until it is given others.</summary>
    public required Action<IReadOnlyList<Address>> Join { get; init; }

    /// <summary>
    /// The state of the cluster as this node knows it; without members until the cluster has taken it in.
    /// </summary>
    public required Func<ClusterEvent.CurrentClusterState> State { get; init; }

    /// <summary>Told what the node waits for.</summary>
    public required Action<string> Note { get; init; }

    /// <summary>Told why the node gives up.</summary>
    public required Action<string> GiveUp { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Tries until the node is a member, gives up, or ends.</summary>
    /// <param name="joined">Completes when the node is a member with the status up.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    public async Task RunAsync(Task joined, CancellationToken cancellation)
    {
        long began = Time.GetTimestamp();
        TimeSpan report = FirstReport;
        try
        {
            while (!joined.IsCompleted)
            {
                IReadOnlyList<Seed> seeds = State().Members.IsEmpty ? await TryAsync(cancellation) : [];
                TimeSpan elapsed = Time.GetElapsedTime(began);
                if (seeds.Count > 0 && elapsed >= Limit)
                {
                    GiveUp(FormattableString.Invariant($"nobody took it in for {Limit.TotalSeconds} s: ") +
                        await WhyAsync(seeds));
                    return;
                }
                if (elapsed >= report)
                {
                    Note(FormattableString.Invariant($"not a member after {elapsed.TotalSeconds:0} s: ") +
                        (seeds.Count > 0 ? await WhyAsync(seeds) : WhyNotUp()));
                    while (report <= elapsed) report += ReportEvery;
                }
                await Task.WhenAny(joined, Task.Delay(Interval, Time, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node ends, so it need not join.
        }
    }

    private async Task<IReadOnlyList<Seed>> TryAsync(CancellationToken cancellation)
    {
        IReadOnlyList<Seed> seeds = await Seed.FindAsync(Seeds, Names, cancellation);
        IReadOnlyList<Address> addresses = Seed.ToJoin(seeds, Self);
        // Akka begins its attempts anew when it is told to join, so it is told only of other addresses than before.
        if (addresses.Count > 0 && !addresses.SequenceEqual(_joining)) Join(_joining = addresses);
        return seeds;
    }

    private async Task<string> WhyAsync(IReadOnlyList<Seed> seeds) =>
        string.Join("; ", await Task.WhenAll(seeds.Select(async seed => seed.Answer.Problem is { } problem
            ? $"--seed {seed}: {problem}"
            : string.Join("; ", await Task.WhenAll(seed.Addresses.Select(a => WhyAsync(seed, a)))))));

    private async Task<string> WhyAsync(Seed seed, Address address)
    {
        string named = $"--seed {seed}" + (address.Equals(seed.Named) ? "" : $" at {address.Host}:{address.Port}");
        if (address.Equals(Self)) return $"{named} is this node, which begins a cluster only if it is the first seed";
        IPEndPoint endpoint = new(IPAddress.Parse(address.Host!), address.Port!.Value);
        return named + (await Reaching.TryAsync(endpoint) switch
        {
            Reach.Refuses => " refuses connections: no node listens there",
            Reach.Silent => " does not answer",
            _ => " listens, but does not answer as a node of this cluster: it may be known by another address " +
                "(its --host), have other cluster.tls settings, or not be a member itself",
        });
    }

    private string WhyNotUp()
    {
        string[] silent = [.. State().Unreachable.Select(m => $"{m.Address.Host}:{m.Address.Port}")];
        return "the cluster knows this node, and will make it a member " + (silent.Length > 0
            ? $"when {string.Join(", ", silent)} can be reached again or is removed"
            : "when all members have agreed");
    }
}
