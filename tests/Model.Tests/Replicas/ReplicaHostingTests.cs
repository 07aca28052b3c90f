using Starling.Model.Replicas;

namespace Starling.Model.Tests.Replicas;

public class ReplicaHostingTests
{
    [Fact]
    public void Eight_replicas_on_three_trainers_form_the_fewest_aligned_subtrees()
    {
        ReplicaHosting hosting = new([[2, 1, 0], [3, 4, 5], [6, 7], []]);
        Assert.Equal([new TreeNode(1, 0), new TreeNode(0, 2)], hosting.SubtreesOf(0));
        Assert.Equal([new TreeNode(0, 3), new TreeNode(1, 2)], hosting.SubtreesOf(1));
        Assert.Equal([new TreeNode(1, 3)], hosting.SubtreesOf(2));
        Assert.Empty(hosting.SubtreesOf(3));
        Assert.Equal("0,1,2|3,4,5|6,7|", hosting.ToString());
        Assert.Equal((4, 8), (hosting.Ranks, hosting.Replicas));
    }

    [Fact]
    public void All_replicas_on_one_trainer_are_the_root() =>
        Assert.Equal([TreeNode.Root(8)], new ReplicaHosting([Enumerable.Range(0, 8)]).SubtreesOf(0));

    [Fact]
    public void A_replica_that_is_missing_or_hosted_twice_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ReplicaHosting([[0, 1], [3]]));
        Assert.Throws<ArgumentException>(() => new ReplicaHosting([[0, 1], [1]]));
        Assert.Throws<ArgumentException>(() => new ReplicaHosting([[0, 1], [2]]));
        Assert.Throws<ArgumentException>(() => new ReplicaHosting([]));
    }
}
