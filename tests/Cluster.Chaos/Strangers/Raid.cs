using System.Collections.Concurrent;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Strangers;

/// <summary>
/// Strangers come to each port of the trainers' exchange that is opened from now on, as long as it is open. Such a port
/// is there only while a generation forms.
/// </summary>
internal sealed class Raid : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly Crowd _crowd = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<int, int> _visits = new();
    private readonly Task _raiding;

    /// <param name="cluster">Whose trainers.</param>
    /// <param name="visits">What strangers do at each port, without the port.</param>
    public Raid(LocalCluster cluster, IReadOnlyList<Visit> visits)
    {
        HashSet<string> known = [.. ListeningPorts.All().Select(p => p.Socket)];
        _raiding = Task.Run(() => RaidAsync(cluster, visits, known));
    }

    /// <summary>How many connections were made, at each port that was found open.</summary>
    public IReadOnlyCollection<int> Visits => [.. _visits.Values];

    /// <summary>Ends it, and resets all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _raiding;
        _crowd.Dispose();
        _end.Dispose();
    }

    private async Task RaidAsync(LocalCluster cluster, IReadOnlyList<Visit> visits, HashSet<string> known)
    {
        List<Task> coming = [];
        while (!_end.IsCancellationRequested)
        {
            foreach ((int port, string socket) in ListeningPorts.All())
            {
                if (!known.Add(socket)) continue;
                if (cluster.Members.Any(m => m.Role == "trainer" && m.Port != port && m.Metrics.Port != port &&
                    ListeningPorts.Owns(m.Process, socket)))
                    coming.Add(Task.Run(() => ComeAsync(port, visits)));
            }
            await Task.Delay(Moment);
        }
        await Task.WhenAll(coming);
    }

    private async Task ComeAsync(int port, IReadOnlyList<Visit> visits)
    {
        foreach (Visit visit in visits)
        {
            if (_end.IsCancellationRequested || !await _crowd.ComeAsync(visit with { Port = port })) return;
            _visits.AddOrUpdate(port, 1, (_, count) => count + 1);
        }
    }
}
