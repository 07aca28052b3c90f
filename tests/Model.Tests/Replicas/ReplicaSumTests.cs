using Starling.Data.Randomness;
using Starling.Model.Replicas;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Replicas;

public class ReplicaSumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void The_sum_has_the_same_bits_in_whatever_order_replicas_come(int replicas)
    {
        using var scope = NewDisposeScope();
        Tensor[] leaves = [.. Enumerable.Range(0, replicas).Select(Leaf)];
        byte[] inOrder = Sum(leaves, [.. Enumerable.Range(0, replicas)]);
        for (int trial = 0; trial < 20; trial++)
        {
            int[] order = [.. Enumerable.Range(0, replicas)];
            KeyedRandom.For((ulong)trial, RandomPurpose.Sampling).Shuffle<int>(order);
            Assert.Equal(inOrder, Sum(leaves, order));
        }
    }

    [Fact]
    public void The_order_of_summation_is_the_balanced_tree()
    {
        using var scope = NewDisposeScope();
        Tensor[] l = [.. Enumerable.Range(0, 4).Select(Leaf)];
        Tensor expected = l[0].Plus(l[1]).Plus(l[2].Plus(l[3]));
        Assert.Equal(expected.bytes.ToArray(), Sum(l, [0, 1, 2, 3]));
        Assert.NotEqual(l[0].Plus(l[1]).Plus(l[2]).Plus(l[3]).bytes.ToArray(), Sum(l, [0, 1, 2, 3]));
    }

    [Fact]
    public void Subtrees_hosted_apart_are_the_nodes_of_the_same_tree()
    {
        using var scope = NewDisposeScope();
        using ReplicaSum sum = new(16, CPU);
        foreach (int replica in (int[])[2, 3, 5]) sum.Add(replica, v => v.copy_(Leaf(replica)));
        Assert.Equal([new TreeNode(0, 5), new TreeNode(1, 1)], sum.Subtrees.Keys.OrderBy(n => n.Level));
        Assert.Throws<InvalidOperationException>(() => sum.Add(5, _ => { }));
    }

    private static byte[] Sum(Tensor[] leaves, int[] order)
    {
        using ReplicaSum sum = new(leaves[0].numel(), CPU);
        foreach (int replica in order) sum.Add(replica, v => v.copy_(leaves[replica]));
        return new LocalExchange(leaves.Length).Sum(sum).bytes.ToArray();
    }

    private static Tensor Leaf(int replica)
    {
        Tensor leaf = empty(16);
        TensorRandom.Normal_(leaf, 1, seed: 1, RandomPurpose.Sampling, replica);
        return leaf;
    }
}
