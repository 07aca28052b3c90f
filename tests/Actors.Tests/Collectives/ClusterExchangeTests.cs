using Starling.Actors.Collectives;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Tests.Support;
using Starling.Data.Randomness;
using Starling.Model.Replicas;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Collectives;

public class ClusterExchangeTests
{
    [Theory]
    [InlineData("inproc", 60)]
    [InlineData("gloo", 15)]
    public void Sums_and_keys_have_the_bits_of_one_process_whoever_hosts_which_replicas(string engine, int trials)
    {
        KeyedRandom random = TestSeed.New();
        for (int trial = 0; trial < trials; trial++)
        {
            RandomExchange exchange = RandomExchange.Draw(ref random);
            using var scope = NewDisposeScope();
            (byte[] sum, byte[] keys) = exchange.InOneProcess();
            ICollectiveGroup[] groups = Members.Connected(Members.Engine(engine), exchange.Hosting.Ranks);
            foreach ((byte[] clusterSum, byte[] clusterKeys) in Members.Results(groups, exchange.InCluster))
            {
                Assert.True(sum.AsSpan().SequenceEqual(clusterSum), $"{exchange}: another sum");
                Assert.True(keys.AsSpan().SequenceEqual(clusterKeys), $"{exchange}: other keys");
            }
            Members.Dispose(groups);
        }
    }

    [Fact]
    public void Three_trainers_of_eight_replicas_share_no_aligned_halves_and_still_agree()
    {
        RandomExchange exchange = new(new ReplicaHosting([[0, 1, 2], [3, 4, 5], [6, 7]]), Length: 1001, Bucket: 100, 1);
        using var scope = NewDisposeScope();
        (byte[] sum, _) = exchange.InOneProcess();
        ICollectiveGroup[] groups = Members.Connected(new InProcessEngine(), 3);
        Assert.All(Members.Results(groups, exchange.InCluster), result => Assert.Equal(sum, result.Sum));
        Members.Dispose(groups);
    }

    [Fact]
    public void A_failed_sum_leaves_the_gradients_as_they_were()
    {
        RandomExchange exchange = new(new ReplicaHosting([[0, 1], [2, 3]]), Length: 1000, Bucket: 100, Seed: 1);
        ICollectiveGroup[] groups = Members.Connected(new InProcessEngine(), 2);
        using ReplicaSum hosted = exchange.Hosted(0);
        byte[] before = hosted.Subtrees[new TreeNode(1, 0)].bytes.ToArray();
        Exception?[] failures = Members.Run(groups, group =>
        {
            if (group.Member.Rank == 1)
            {
                group.Barrier(); // takes part in the first of the exchanges, then dies
                group.Dispose();
                return;
            }
            using ClusterExchange cluster = new(group, exchange.Hosting, TimeProvider.System, exchange.Bucket);
            cluster.Sum(hosted);
        });
        Assert.Equal(CollectiveFault.PeerLost, Assert.IsType<CollectiveException>(failures[0]).Fault);
        Assert.Equal(before, hosted.Subtrees[new TreeNode(1, 0)].bytes.ToArray());
        Members.Dispose(groups);
    }

    [Fact]
    public void Values_of_different_shapes_are_refused_by_all()
    {
        ICollectiveGroup[] groups = Members.Connected(new InProcessEngine(), 2);
        Exception?[] failures = Members.Run(groups, group =>
        {
            int rank = group.Member.Rank;
            using ClusterExchange cluster = new(group, new ReplicaHosting([[0], [1]]), TimeProvider.System);
            cluster.Gather([(rank, zeros(2 + rank, 3))]);
        });
        Assert.All(failures, failure =>
        {
            CollectiveException mismatch = Assert.IsType<CollectiveException>(failure);
            Assert.Equal(CollectiveFault.Mismatch, mismatch.Fault);
            Assert.Contains("Float32[2,3] at rank 0, Float32[3,3] at rank 1", mismatch.Message,
                StringComparison.Ordinal);
        });
        Members.Dispose(groups);
    }

    [Fact]
    public void Times_and_bytes_are_those_since_they_were_last_asked_for()
    {
        RandomExchange exchange = new(new ReplicaHosting([[0], [1]]), Length: 1000, Bucket: 300, Seed: 1);
        ICollectiveGroup[] groups = Members.Connected(new InProcessEngine(), 2);
        (ExchangeTimes First, ExchangeTimes Second)[] times = Members.Results(groups, group =>
        {
            using ReplicaSum hosted = exchange.Hosted(group.Member.Rank);
            using ClusterExchange cluster = new(group, exchange.Hosting, TimeProvider.System, exchange.Bucket);
            cluster.Sum(hosted);
            return (cluster.TakeTimes(), cluster.TakeTimes());
        });
        Assert.All(times, t =>
        {
            // Each trainer sends half of its vector, and then half of the sum.
            Assert.Equal(1000 * sizeof(float), t.First.BytesSent);
            Assert.True(t.First[ExchangePhase.ReduceScatter] > 0 && t.First[ExchangePhase.AllGather] > 0);
            Assert.Equal(0, t.Second.BytesSent);
            Assert.Equal(0, t.Second[ExchangePhase.ReduceScatter]);
        });
        Members.Dispose(groups);
    }

    [Fact]
    public void Sums_of_other_replicas_than_planned_are_refused_before_anything_is_sent()
    {
        RandomExchange exchange = new(new ReplicaHosting([[0], [1]]), Length: 10, Bucket: 10, Seed: 1);
        ICollectiveGroup[] groups = Members.Connected(new InProcessEngine(), 2);
        using ClusterExchange cluster = new(groups[0], exchange.Hosting, TimeProvider.System);
        using ReplicaSum others = exchange.Hosted(1);
        Assert.Throws<ArgumentException>(() => cluster.Sum(others));
        Assert.Throws<ArgumentException>(() => cluster.Gather([(1, zeros(1))]));
        Members.Dispose(groups);
    }
}
