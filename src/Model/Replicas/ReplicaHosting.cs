using System.Numerics;

namespace Starling.Model.Replicas;

/// <summary>Tells which trainer of a generation, by rank, computes which replicas.</summary>
public sealed class ReplicaHosting
{
    private readonly IReadOnlyList<int>[] _replicas;
    private readonly IReadOnlyList<TreeNode>[] _subtrees;

    /// <summary>
    /// Makes a plan from the replicas of rank 0, of rank 1, and so on, in any order. A rank may have none.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The replicas are not 0..L−1, each hosted once, with L a power of two.
    /// </exception>
    public ReplicaHosting(IEnumerable<IEnumerable<int>> replicasByRank)
    {
        _replicas = [.. replicasByRank.Select(replicas => (IReadOnlyList<int>)[.. replicas.Order()])];
        _subtrees = [.. _replicas.Select(TreeNode.Cover)];
        int[] all = [.. _replicas.SelectMany(r => r).Order()];
        if (!BitOperations.IsPow2(all.Length) || !all.SequenceEqual(Enumerable.Range(0, all.Length)))
            throw new ArgumentException(
                $"hosting {this} is not replicas 0 to L-1, each once, with L a power of two", nameof(replicasByRank));
        Replicas = all.Length;
    }

    /// <summary>Number of trainers.</summary>
    public int Ranks => _replicas.Length;

    /// <summary>Number of logical replicas, L.</summary>
    public int Replicas { get; }

    /// <summary>Gives a trainer's replicas in ascending order.</summary>
    public IReadOnlyList<int> ReplicasOf(int rank) => _replicas[rank];

    /// <summary>Gives the largest subtrees that a trainer can sum alone, in the order of the replicas.</summary>
    public IReadOnlyList<TreeNode> SubtreesOf(int rank) => _subtrees[rank];

    /// <summary>Gives the replicas rank by rank, for instance <c>0,1,2|3,4,5|6,7</c>.</summary>
    public override string ToString() => string.Join('|', _replicas.Select(replicas => string.Join(',', replicas)));
}
