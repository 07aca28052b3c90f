namespace Starling.Actors.Collectives;

/// <summary>A trainer's place in the group of a generation.</summary>
/// <param name="Generation">Number of the generation; never reused.</param>
/// <param name="Rank">This trainer's rank, 0..<paramref name="Size"/>−1.</param>
/// <param name="Size">Number of trainers.</param>
public readonly record struct GroupMember(long Generation, int Rank, int Size)
{
    /// <summary>
    /// The ranks of all other members, in the order that starts after this one, so that no two members begin with the
    /// same peer.
    /// </summary>
    public IEnumerable<int> Others
    {
        get
        {
            (int rank, int size) = (Rank, Size);
            return Enumerable.Range(1, size - 1).Select(i => (rank + i) % size);
        }
    }

    /// <summary>Describes the member for messages, e.g. <c>rank 1 of 3, generation 7</c>.</summary>
    public override string ToString() => $"rank {Rank} of {Size}, generation {Generation}";
}
