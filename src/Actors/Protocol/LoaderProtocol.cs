using Akka.Actor;
using Starling.Data;
using Starling.Data.Batches;

namespace Starling.Actors.Protocol;

/// <summary>The messages between a trainer's feeder and a loader.</summary>
public static class LoaderProtocol
{
    /// <summary>
    /// Asks for one replica's share of a step. Every loader gives the same bytes for a share, every time.
    /// </summary>
    /// <param name="Step">Index of the step, from 0.</param>
    /// <param name="Replica">Number of the replica, from 0.</param>
    public sealed record Request(long Step, int Replica);

    /// <summary>Takes a request back: the trainer has received the share from another loader.</summary>
    /// <param name="Step">The step of the request.</param>
    /// <param name="Replica">The replica of the request.</param>
    public sealed record Withdraw(long Step, int Replica);

    /// <summary>Answers with a share as pixels. The message stays within its process.</summary>
    public sealed record Loaded(ReplicaBatch Batch) : INoSerializationVerificationNeeded;

    /// <summary>Answers with a share, or a part of one, as tokens.</summary>
    /// <param name="Step">Index of the step, from 0.</param>
    /// <param name="Replica">Number of the replica, from 0.</param>
    /// <param name="Part">Number of the part, from 0. Each part is small enough for one message.</param>
    /// <param name="Parts">Number of parts of the share.</param>
    /// <param name="Views">M, the number of views of each image.</param>
    /// <param name="Tokens">T, the number of codes of each view.</param>
    /// <param name="CodeBytes">Number of bytes of each code: 2 or 4.</param>
    /// <param name="Codes">The codes, of shape (images of the part, M, T), unsigned, little-endian.</param>
    /// <param name="Labels">The class of each image of the part.</param>
    /// <param name="Bad">The unreadable images that were replaced. Each is named in one part only.</param>
    public sealed record LoadedTokens(long Step, int Replica, int Part, int Parts, int Views, int Tokens, int CodeBytes,
        ReadOnlyMemory<byte> Codes, IReadOnlyList<int> Labels, IReadOnlyList<BadImage> Bad)
    {
        /// <summary>The largest number of parts of a share. A message with a larger number is refused.</summary>
        public const int MaxParts = 4096;

        /// <summary>Whether the sizes fit the contents.</summary>
        internal bool IsConsistent => Parts is > 0 and <= MaxParts && Part >= 0 && Part < Parts && Views > 0 &&
            Tokens > 0 && CodeBytes is 2 or 4 &&
            (Int128)Labels.Count * Views * Tokens * CodeBytes == Codes.Length;
    }

    /// <summary>Answers that the loader cannot make a share.</summary>
    /// <param name="Step">Index of the step, from 0.</param>
    /// <param name="Replica">Number of the replica, from 0.</param>
    /// <param name="Reason">What went wrong, in one line.</param>
    /// <param name="Scope">
    /// Request: this loader will not make the share later either, but another one may. Node: the loader's node cannot
    /// read at the moment, and is worth another try later. Run: no loader can make the share.
    /// </param>
    public sealed record Failed(long Step, int Replica, string Reason, FaultScope Scope);
}
