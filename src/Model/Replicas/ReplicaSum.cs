using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Replicas;

/// <summary>
/// Sums one vector for each replica in a fixed binary tree. Floating-point addition is not associative, so its order
/// decides the result's bits. Here the order depends on the replicas' numbers only, not on the trainer that computes a
/// replica or on the time when its vector arrives. A partial sum is held for each largest complete subtree of the
/// replicas added so far: at most log2(L)+1 of them if the replicas are added in order. Buffers are reused from step to
/// step.
/// </summary>
public sealed class ReplicaSum(long length, Device device) : IDisposable
{
    private readonly Dictionary<TreeNode, Tensor> _sums = [];
    private readonly Stack<Tensor> _free = new();

    /// <summary>Number of elements of a vector.</summary>
    public long Length => length;

    /// <summary>The device of the sums.</summary>
    public Device Device => device;

    /// <summary>The sums of the largest complete subtrees of the replicas added so far.</summary>
    public IReadOnlyDictionary<TreeNode, Tensor> Subtrees => _sums;

    /// <summary>
    /// Adds the vector of a replica. <paramref name="write"/> writes it into the buffer that it is given.
    /// </summary>
    public void Add(int replica, Action<Tensor> write)
    {
        using var noGrad = no_grad();
        Tensor sum = _free.Count > 0 ? _free.Pop() : empty(length, ScalarType.Float32, device).DetachFromDisposeScope();
        write(sum);
        TreeNode node = new(0, replica);
        while (_sums.Remove(node.Sibling, out Tensor? sibling))
        {
            (Tensor left, Tensor right) = node.IsLeft ? (sum, sibling) : (sibling, sum);
            left.PlusInPlace(right);
            _free.Push(right);
            (sum, node) = (left, node.Parent);
        }
        if (!_sums.TryAdd(node, sum)) throw new InvalidOperationException($"replica {replica} was added twice");
    }

    /// <summary>Discards the sums and keeps the buffers for the next step.</summary>
    public void Clear()
    {
        foreach (Tensor sum in _sums.Values) _free.Push(sum);
        _sums.Clear();
    }

    /// <summary>Frees all buffers.</summary>
    public void Dispose()
    {
        Clear();
        foreach (Tensor buffer in _free) buffer.Dispose();
        _free.Clear();
    }
}
