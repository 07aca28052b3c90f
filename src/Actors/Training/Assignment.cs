using Starling.Actors.Coordination.Hosts;
using Starling.Model.Replicas;

namespace Starling.Actors.Training;

/// <summary>
/// A trainer's part in one generation. The trainer's actor can abort it at any moment, from any thread: the trainer's
/// thread then ends its waits and goes on with the next generation.
/// </summary>
/// <param name="generation">Number of the membership decision.</param>
/// <param name="rank">This trainer's rank among the hosts; −1 for a spare.</param>
/// <param name="hosts">The hosts in the order of their ranks.</param>
public sealed class Assignment(long generation, int rank, IReadOnlyList<HostedReplicas> hosts)
{
    private readonly CancellationTokenSource _aborted = new(), _halted = new();
    private string _reason = "";

    /// <summary>Number of the membership decision.</summary>
    public long Generation => generation;

    /// <summary>This trainer's rank among the hosts; −1 for a spare.</summary>
    public int Rank => rank;

    /// <summary>Whether the trainer hosts no replicas and takes part in no exchange.</summary>
    public bool IsSpare => rank < 0;

    /// <summary>Which rank hosts which replicas.</summary>
    public ReplicaHosting Hosting { get; } = new(hosts.Select(h => h.Replicas));

    /// <summary>Cancelled by <see cref="Abort"/>: the generation is over for this trainer.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Cancelled by <see cref="Halt"/>: the step at hand is the generation's last.</summary>
    public CancellationToken Halted => _halted.Token;

    /// <summary>Reason given to <see cref="Abort"/>; empty before.</summary>
    public string Reason => Volatile.Read(ref _reason);

    /// <summary>
    /// Ends the generation for this trainer. What is registered with <see cref="Aborted"/> runs on the caller's thread.
    /// Later calls change nothing.
    /// </summary>
    public void Abort(string reason)
    {
        if (_aborted.IsCancellationRequested) return;
        Volatile.Write(ref _reason, reason);
        _aborted.Cancel();
    }

    /// <summary>Asks the loop to stop at the next step boundary.</summary>
    public void Halt() => _halted.Cancel();
}
