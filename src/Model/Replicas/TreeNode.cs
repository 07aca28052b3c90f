namespace Starling.Model.Replicas;

/// <summary>
/// A node of the binary tree over the logical replicas: level 0 holds the replicas themselves, and the node at
/// (level, index) stands for replicas index·2^level up to the next multiple.
/// </summary>
public readonly record struct TreeNode(int Level, int Index)
{
    /// <summary>The node over this one and its sibling.</summary>
    public TreeNode Parent => new(Level + 1, Index / 2);

    /// <summary>The other child of the parent.</summary>
    public TreeNode Sibling => new(Level, Index ^ 1);

    /// <summary>Left children come first in a sum.</summary>
    public bool IsLeft => Index % 2 == 0;

    /// <summary>The child that comes first in a sum; of a node above level 0.</summary>
    public TreeNode LeftChild => new(Level - 1, Index * 2);

    /// <summary>The first replica below the node.</summary>
    public int FirstReplica => Index << Level;

    /// <summary>The root of the tree over <paramref name="replicas"/>, a power of two.</summary>
    public static TreeNode Root(int replicas) => new(System.Numerics.BitOperations.Log2((uint)replicas), 0);

    /// <summary>
    /// The fewest nodes that together stand for exactly <paramref name="replicas"/>, in replica order: what
    /// <see cref="ReplicaSum"/> holds once all of them are added.
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
