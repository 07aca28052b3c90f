using Akka.Actor;
using Starling.Data.Batches;

namespace Starling.Actors.Loading;

/// <summary>What a <see cref="ShardLoader"/> is asked and answers.</summary>
public static class LoaderProtocol
{
    /// <summary>
    /// Asks for one replica's share of a step. Asked twice, it is answered twice, with the same bytes.
    /// </summary>
    /// <param name="Step">From 0.</param>
    /// <param name="Replica">The logical replica.</param>
    public sealed record Request(long Step, int Replica);

    /// <summary>The share. Pixels: only within a process.</summary>
    public sealed record Loaded(ReplicaBatch Batch) : INoSerializationVerificationNeeded;

    /// <summary>The loader cannot go on.</summary>
    /// <param name="Reason">In one line.</param>
    /// <param name="UserMistake">The data or the configuration is wrong: trying again would not help.</param>
    public sealed record Failed(string Reason, bool UserMistake);
}
