namespace Starling.Actors.Collectives;

/// <summary>A trainer's place in the group of a generation.</summary>
/// <param name="Generation">The membership decision the group belongs to; never reused.</param>
/// <param name="Rank">This trainer, 0..<paramref name="Size"/>−1.</param>
/// <param name="Size">Number of trainers.</param>
public readonly record struct GroupMember(long Generation, int Rank, int Size)
{
    /// <summary>The ranks of all others, starting after this one: no two members begin with the same.</summary>
    public IEnumerable<int> Others
    {
        get
        {
            (int rank, int size) = (Rank, Size);
            return Enumerable.Range(1, size - 1).Select(i => (rank + i) % size);
        }
    }

    /// <summary>For messages, e.g. <c>rank 1 of 3, generation 7</c>.</summary>
    public override string ToString() => $"rank {Rank} of {Size}, generation {Generation}";
}
