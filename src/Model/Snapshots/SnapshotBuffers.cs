using System.Collections.Concurrent;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Snapshots;

/// <summary>
/// Memory for snapshots, allocated once. The trainer copies its state into a set of buffers between two steps, the
/// checkpoint writer reads it in the background, and disposing the snapshot frees the set for the next one. A set holds
/// one whole state, so the number of sets limits the memory.
/// </summary>
public sealed class SnapshotBuffers : IDisposable
{
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentBag<Dictionary<(CheckpointPart, string), byte[]>> _sets = [];

    /// <summary>
    /// Makes <paramref name="sets"/> sets of buffers. Their memory is allocated when a set is first used.
    /// </summary>
    public SnapshotBuffers(int sets = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sets);
        _free = new SemaphoreSlim(sets);
        for (int i = 0; i < sets; i++) _sets.Add([]);
    }

    /// <summary>Whether <see cref="Capture"/> would find a free set at once.</summary>
    public bool HasFree => _free.CurrentCount > 0;

    /// <summary>
    /// Copies the state. If no set is free, the method waits for one: a slow disk then slows training down, instead of
    /// filling the memory with snapshots.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public CheckpointSnapshot Capture(long step, long generation, IReadOnlyList<FlatVector> vectors,
        CancellationToken cancel = default)
    {
        _free.Wait(cancel);
        _sets.TryTake(out Dictionary<(CheckpointPart, string), byte[]>? set);
        void Release()
        {
            // The set goes into the bag before the count goes up. Otherwise a waiting thread could find the bag empty.
            _sets.Add(set!);
            _free.Release();
        }

        try
        {
            ILookup<CheckpointPart, HostTensor> tensors = vectors
                .SelectMany(v => v.Layout.Parameters.Select(p => (v.Part, Tensor: Copy(set!, v, p))))
                .ToLookup(t => t.Part, t => t.Tensor);
            return new CheckpointSnapshot(step, generation, [.. tensors[CheckpointPart.Student]],
                [.. tensors[CheckpointPart.Teacher]], [.. tensors[CheckpointPart.Projector]],
                [.. tensors[CheckpointPart.Optimizer]], Release);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Frees the semaphore. The garbage collector frees the memory.</summary>
    public void Dispose() => _free.Dispose();

    private static HostTensor Copy(Dictionary<(CheckpointPart, string), byte[]> set, FlatVector vector,
        ParameterShape parameter)
    {
        string name = vector.Prefix + parameter.Name;
        using Tensor view = vector.View(parameter.Name);
        long size = checked(view.numel() * view.element_size());
        if (!set.TryGetValue((vector.Part, name), out byte[]? bytes) || bytes.Length != size)
            set[(vector.Part, name)] = bytes = new byte[size];
        HostTensor.CopyTo(view, bytes);
        return new HostTensor(name, view.dtype, parameter.Shape, bytes);
    }
}
