using Starling.Actors.Collectives;
using Starling.Data.Randomness;
using Starling.Model.Replicas;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Collectives;

/// <summary>
/// A random hosting plan with vectors and keys for every replica, and the results of a single process.
/// </summary>
internal sealed record RandomExchange(ReplicaHosting Hosting, int Length, long Bucket, ulong Seed)
{
    public static RandomExchange Draw(ref KeyedRandom random)
    {
        int replicas = 1 << random.Below(4), ranks = 1 + random.Below(5);
        int[] order = [.. Enumerable.Range(0, replicas)];
        // Replicas are contiguous, as the supervisor assigns them, or distributed at random.
        if (random.Chance(0.5)) random.Shuffle<int>(order);
        List<int>[] hosting = [.. Enumerable.Range(0, ranks).Select(_ => new List<int>())];
        int[] cuts = new int[ranks - 1];
        for (int i = 0; i < cuts.Length; i++) cuts[i] = random.Below(replicas + 1);
        for (int i = 0; i < replicas; i++) hosting[cuts.Count(cut => cut <= i)].Add(order[i]);
        int length = random.Chance(0.1) ? 1 : 1 + random.Below(5000);
        return new RandomExchange(new ReplicaHosting(hosting), length, 1 + random.Below(length), random.NextUInt64());
    }

    public (byte[] Sum, byte[] Keys) InOneProcess()
    {
        using ReplicaSum hosted = Sum(Enumerable.Range(0, Hosting.Replicas));
        LocalExchange local = new(Hosting.Replicas);
        return (local.Sum(hosted).bytes.ToArray(), local.Gather(Keys(Enumerable.Range(0, Hosting.Replicas)))
            .bytes.ToArray());
    }

    public (byte[] Sum, byte[] Keys) InCluster(ICollectiveGroup group)
    {
        int rank = group.Member.Rank;
        using ReplicaSum hosted = Hosted(rank);
        using ClusterExchange cluster = new(group, Hosting, TimeProvider.System, Bucket);
        byte[] keys = cluster.Gather(Keys(Hosting.ReplicasOf(rank))).bytes.ToArray();
        return (cluster.Sum(hosted).bytes.ToArray(), keys);
    }

    /// <summary>The sums that a trainer has after its backward passes.</summary>
    public ReplicaSum Hosted(int rank) => Sum(Hosting.ReplicasOf(rank));

    public override string ToString() => $"hosting {Hosting}, {Length} elements in buckets of {Bucket}";

    private ReplicaSum Sum(IEnumerable<int> replicas)
    {
        ReplicaSum sum = new(Length, CPU);
        foreach (int replica in replicas)
            sum.Add(replica, vector =>
                TensorRandom.Normal_(vector, 1 + 100 * replica, Seed, RandomPurpose.Sampling, replica));
        return sum;
    }

    private List<(int, Tensor)> Keys(IEnumerable<int> replicas) => [.. replicas.Select(replica =>
    {
        Tensor keys = empty(3, 5);
        TensorRandom.Normal_(keys, 1, Seed, RandomPurpose.Sampling, replica, 1);
        return (replica, keys);
    })];
}
