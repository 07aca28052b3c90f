using Starling.Actors.Coordination;
using Starling.Model.Replicas;

namespace Starling.Actors.Training;

/// <summary>
/// A trainer's part in one generation. Whoever gave it out can take it back at any moment, from any thread: the
/// trainer's thread then stops waiting for whatever it waits for, and works for the next generation.
/// </summary>
/// <param name="generation">Number of the membership decision.</param>
/// <param name="rank">Place among the hosts; −1 for a spare.</param>
/// <param name="hosts">The hosts in the order of their ranks.</param>
public sealed class Assignment(long generation, int rank, IReadOnlyList<HostedReplicas> hosts)
{
    private readonly CancellationTokenSource _aborted = new(), _halted = new();
    private string _reason = "";

    /// <summary>Number of the membership decision.</summary>
    public long Generation => generation;

    /// <summary>Place among the hosts; −1 for a spare.</summary>
    public int Rank => rank;

    /// <summary>Stands by: hosts nothing and takes part in no exchange.</summary>
    public bool IsSpare => rank < 0;

    /// <summary>Who hosts which replicas.</summary>
    public ReplicaHosting Hosting { get; } = new(hosts.Select(h => h.Replicas));

    /// <summary>Cancelled when the generation is over for this trainer.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Cancelled when this is to be the generation's last step.</summary>
    public CancellationToken Halted => _halted.Token;

    /// <summary>Why it was aborted.</summary>
    public string Reason => Volatile.Read(ref _reason);

    /// <summary>
    /// Takes the part back; what waits for something wakes on the caller's thread. Repeating it is harmless.
    /// </summary>
    public void Abort(string reason)
    {
        if (_aborted.IsCancellationRequested) return;
        Volatile.Write(ref _reason, reason);
        _aborted.Cancel();
    }

    /// <summary>Asks for an end at the next step boundary.</summary>
    public void Halt() => _halted.Cancel();
}
