using Akka.Actor;
using Starling.Data.Batches;

namespace Starling.Actors.Protocol;

/// <summary>What a trainer asks a loader, and what the loader answers.</summary>
public static class LoaderProtocol
{
    /// <summary>
    /// Asks for one replica's share of a step. Whoever is asked, and however often, the answer has the same bytes.
    /// </summary>
    /// <param name="Step">From 0.</param>
    /// <param name="Replica">The logical replica.</param>
    public sealed record Request(long Step, int Replica);

    /// <summary>The asker has got the share elsewhere: no need to begin with it.</summary>
    /// <param name="Step">As in the request.</param>
    /// <param name="Replica">As in the request.</param>
    public sealed record Withdraw(long Step, int Replica);

    /// <summary>The share. Pixels: only within a process.</summary>
    public sealed record Loaded(ReplicaBatch Batch) : INoSerializationVerificationNeeded;

    /// <summary>The share, or a part of it, as tokens.</summary>
    /// <param name="Step">From 0.</param>
    /// <param name="Replica">The logical replica.</param>
    /// <param name="Part">Number of the part, from 0. Parts are small enough for a message each.</param>
    /// <param name="Parts">How many parts the share has.</param>
    /// <param name="Views">M, views of each image.</param>
    /// <param name="Tokens">T, codes of each view.</param>
    /// <param name="CodeBytes">Bytes of each code: 2 or 4.</param>
    /// <param name="Codes">Codes (images of the part, M, T), unsigned, little-endian.</param>
    /// <param name="Labels">Classes of the part's images.</param>
    /// <param name="Bad">Images that were replaced: each is in one of the parts.</param>
    public sealed record LoadedTokens(long Step, int Replica, int Part, int Parts, int Views, int Tokens, int CodeBytes,
        ReadOnlyMemory<byte> Codes, IReadOnlyList<int> Labels, IReadOnlyList<BadImage> Bad)
    {
        /// <summary>The largest number of parts that a share may have; a message that says more is refused.</summary>
        public const int MaxParts = 4096;

        /// <summary>Whether sizes and contents fit each other.</summary>
        internal bool IsConsistent => Parts is > 0 and <= MaxParts && Part >= 0 && Part < Parts && Views > 0 &&
            Tokens > 0 && CodeBytes is 2 or 4 &&
            (Int128)Labels.Count * Views * Tokens * CodeBytes == Codes.Length;
    }

    /// <summary>The loader cannot go on, and has forgotten all that the asker asked for.</summary>
    /// <param name="Reason">In one line.</param>
    /// <param name="UserMistake">The data or the configuration is wrong: trying again would not help.</param>
    public sealed record Failed(string Reason, bool UserMistake);
}
