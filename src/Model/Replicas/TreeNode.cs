namespace Starling.Model.Replicas;

/// <summary>
/// A node of the binary tree over the logical replicas. Level 0 has the replicas themselves; the node (level, index)
/// stands for the 2^level replicas from index·2^level on.
/// </summary>
public readonly record struct TreeNode(int Level, int Index)
{
    /// <summary>The node above this one and its sibling.</summary>
    public TreeNode Parent => new(Level + 1, Index / 2);

    /// <summary>The other child of the parent.</summary>
    public TreeNode Sibling => new(Level, Index ^ 1);

    /// <summary>Whether the node is a left child, which comes first in a sum.</summary>
    public bool IsLeft => Index % 2 == 0;

    /// <summary>The child that comes first in a sum. Only for a node above level 0.</summary>
    public TreeNode LeftChild => new(Level - 1, Index * 2);

    /// <summary>The first replica of the node.</summary>
    public int FirstReplica => Index << Level;

    /// <summary>Gives the root of the tree over <paramref name="replicas"/>, a power of two.</summary>
    public static TreeNode Root(int replicas) => new(System.Numerics.BitOperations.Log2((uint)replicas), 0);

    /// <summary>
    /// Gives the fewest nodes that together stand for exactly these replicas, in the order of the replicas.
    /// <see cref="ReplicaSum"/> holds the sums of these nodes when all of the replicas are added.
    /// </summary>
    public static IReadOnlyList<TreeNode> Cover(IEnumerable<int> replicas)
    {
        HashSet<TreeNode> nodes = [];
        foreach (int replica in replicas)
        {
            TreeNode node = new(0, replica);
            while (nodes.Remove(node.Sibling)) node = node.Parent;
            nodes.Add(node);
        }
        return [.. nodes.OrderBy(n => n.FirstReplica)];
    }
}
