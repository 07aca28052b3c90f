using Starling.Model.Replicas;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>
/// Exchanges values between the trainers of a generation. Sums have the bits of <see cref="LocalExchange"/> for any
/// distribution of the replicas.
/// </summary>
/// <remarks>
/// A trainer sends the sums of the largest subtrees of the replica tree that it hosts. Each trainer owns a slice of the
/// vector: it adds up the slices of these sums along the rest of the tree. Then all trainers gather all slices. If
/// every trainer hosts one subtree, each sends and receives as much as in a ring all-reduce.
/// </remarks>
public sealed class ClusterExchange : IReplicaExchange, IDisposable
{
    /// <summary>Elements of a bucket, 25 MB. Smaller buckets would be bound by the latency of sockets.</summary>
    public const long DefaultBucketElements = 25_000_000 / sizeof(float);

    private readonly ICollectiveGroup _group;
    private readonly ReplicaHosting _hosting;
    private readonly long _bucketElements;
    private readonly TimeProvider _time;
    private readonly (int Rank, TreeNode Node)[] _partials;
    private readonly double[] _seconds = new double[Enum.GetValues<ExchangePhase>().Length];
    private Tensor? _sum, _slices;
    private long _since, _bytesSent;

    /// <summary>Creates an exchange over <paramref name="group"/>, which the caller disposes of.</summary>
    /// <param name="group">A connected group.</param>
    /// <param name="hosting">Which rank hosts which replicas; has as many ranks as the group.</param>
    /// <param name="time">The clock of <see cref="TakeTimes"/>.</param>
    /// <param name="bucketElements">Elements that are exchanged at once; equal at all members.</param>
    public ClusterExchange(ICollectiveGroup group, ReplicaHosting hosting, TimeProvider time,
        long bucketElements = DefaultBucketElements)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bucketElements);
        if (hosting.Ranks != group.Member.Size)
            throw new ArgumentException($"hosting for {hosting.Ranks} ranks, {group.Member}", nameof(hosting));
        (_group, _hosting, _time, _bucketElements) = (group, hosting, time, bucketElements);
        _partials = [.. Enumerable.Range(0, hosting.Ranks).SelectMany(r => hosting.SubtreesOf(r).Select(n => (r, n)))];
    }

    private int Rank => _group.Member.Rank;

    private int Size => _group.Member.Size;

    /// <summary>Returns time and bytes since the last call.</summary>
    public ExchangeTimes TakeTimes()
    {
        ExchangeTimes times = new([.. _seconds], _bytesSent);
        Array.Clear(_seconds);
        _bytesSent = 0;
        return times;
    }

    /// <inheritdoc/>
    /// <remarks>The values of all replicas have the same shape and type.</remarks>
    /// <exception cref="CollectiveException">The exchange failed.</exception>
    public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (int Replica, Tensor Value)[] mine = [.. hosted.OrderBy(h => h.Replica)];
        if (!mine.Select(h => h.Replica).SequenceEqual(_hosting.ReplicasOf(Rank)))
            throw new ArgumentException($"replicas {string.Join(',', mine.Select(h => h.Replica))} are not those " +
                $"of rank {Rank} in {_hosting}", nameof(hosted));
        StartClock();
        TensorShape shape = TensorShape.Agree(_group, [.. mine.Select(h => h.Value)]);
        Tensor[] all = new Tensor[_hosting.Replicas];
        foreach ((int replica, Tensor value) in mine) all[replica] = value.detach().to(_group.Device).contiguous();
        List<Transfer> sends = [], receives = [];
        foreach (int peer in _group.Member.Others)
        {
            foreach ((int replica, _) in mine) sends.Add(new Transfer(peer, all[replica]));
            foreach (int replica in _hosting.ReplicasOf(peer))
                receives.Add(new Transfer(peer, all[replica] = empty(shape.Sizes, shape.Type, _group.Device)));
        }
        if (shape.Count > 0) Exchange(sends, receives);
        Tensor whole = cat(all).to(mine.Length > 0 ? mine[0].Value.device : _group.Device);
        AddTime(ExchangePhase.Gather);
        return whole.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The sums in <paramref name="hosted"/> are only read, so they are unchanged after a failure. The result is valid
    /// until the next call.
    /// </remarks>
    /// <exception cref="CollectiveException">The exchange failed.</exception>
    public Tensor Sum(ReplicaSum hosted)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (!hosted.Subtrees.Keys.ToHashSet().SetEquals(_hosting.SubtreesOf(Rank)))
            throw new ArgumentException($"the sums are not those of rank {Rank} in {_hosting}", nameof(hosted));
        AllocateBuffers(hosted.Length);
        StartClock();
        _group.Barrier();
        AddTime(ExchangePhase.Wait);
        foreach (VectorRange bucket in VectorRange.Split(hosted.Length, _bucketElements))
        {
            using var bucketScope = NewDisposeScope();
            VectorRange mine = bucket.Part(Rank, Size);
            Dictionary<TreeNode, Tensor> partials = ReduceScatter(hosted, bucket, mine);
            AddTime(ExchangePhase.ReduceScatter);
            if (mine.Count > 0) mine.Of(_sum!).copy_(SumInTreeOrder(TreeNode.Root(_hosting.Replicas), partials));
            AddTime(ExchangePhase.Sum);
            AllGather(bucket, mine);
            AddTime(ExchangePhase.AllGather);
        }
        return hosted.Device.type == _group.Device.type ? _sum! : _sum!.to(hosted.Device).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <exception cref="CollectiveException">
    /// A member failed or is lost. Other members may have passed the barrier, and have then applied the step.
    /// </exception>
    public void Confirm()
    {
        StartClock();
        _group.Barrier();
        AddTime(ExchangePhase.Confirm);
    }

    /// <summary>Frees the buffers, but not the group.</summary>
    public void Dispose()
    {
        _sum?.Dispose();
        _slices?.Dispose();
    }

    /// <summary>
    /// Sends every other trainer that trainer's slice of the own partial sums, and receives all trainers' partial sums
    /// of the own slice.
    /// </summary>
    /// <returns>Partial sums of the own slice, of all trainers. They may be overwritten.</returns>
    private Dictionary<TreeNode, Tensor> ReduceScatter(ReplicaSum hosted, VectorRange bucket, VectorRange mine)
    {
        // The own partial sums are copied as well, because all are added up in place.
        Dictionary<TreeNode, Tensor> partials = [];
        foreach ((_, TreeNode node) in _partials)
            partials.Add(node, _slices![partials.Count].narrow(0, 0, mine.Count));
        List<Transfer> sends = [], receives = [];
        foreach (int peer in _group.Member.Others)
        {
            VectorRange theirs = bucket.Part(peer, Size);
            if (theirs.Count > 0)
                foreach (TreeNode node in _hosting.SubtreesOf(Rank))
                    sends.Add(new Transfer(peer, theirs.Of(hosted.Subtrees[node]).to(_group.Device)));
            if (mine.Count > 0)
                foreach (TreeNode node in _hosting.SubtreesOf(peer)) receives.Add(new Transfer(peer, partials[node]));
        }
        foreach (TreeNode node in _hosting.SubtreesOf(Rank)) partials[node].copy_(mine.Of(hosted.Subtrees[node]));
        Exchange(sends, receives);
        return partials;
    }

    private void AllGather(VectorRange bucket, VectorRange mine)
    {
        List<Transfer> sends = [], receives = [];
        foreach (int peer in _group.Member.Others)
        {
            VectorRange theirs = bucket.Part(peer, Size);
            if (mine.Count > 0) sends.Add(new Transfer(peer, mine.Of(_sum!)));
            if (theirs.Count > 0) receives.Add(new Transfer(peer, theirs.Of(_sum!)));
        }
        Exchange(sends, receives);
    }

    /// <summary>Adds up partial sums in the order of the replica tree, in place.</summary>
    private static Tensor SumInTreeOrder(TreeNode node, Dictionary<TreeNode, Tensor> partials)
    {
        if (partials.TryGetValue(node, out Tensor? sum)) return sum;
        TreeNode left = node.LeftChild;
        return SumInTreeOrder(left, partials).PlusInPlace(SumInTreeOrder(left.Sibling, partials));
    }

    private void AllocateBuffers(long length)
    {
        if (_sum?.numel() == length) return;
        Dispose();
        long slice = (Math.Min(_bucketElements, length) + Size - 1) / Size;
        _sum = empty(length, ScalarType.Float32, _group.Device).DetachFromDisposeScope();
        _slices = empty(_partials.Length, slice, ScalarType.Float32, _group.Device).DetachFromDisposeScope();
    }

    private void Exchange(List<Transfer> sends, List<Transfer> receives)
    {
        _bytesSent += sends.Sum(s => s.Values.numel() * s.Values.element_size());
        _group.Exchange(sends, receives);
    }

    private void StartClock() => _since = _time.GetTimestamp();

    private void AddTime(ExchangePhase phase)
    {
        long now = _time.GetTimestamp();
        _seconds[(int)phase] += _time.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
    }
}
