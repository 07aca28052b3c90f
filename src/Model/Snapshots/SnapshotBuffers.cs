using System.Collections.Concurrent;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Snapshots;

/// <summary>
/// Memory for snapshots that is allocated once: the trainer copies into it between two steps, the writer reads it in
/// the background, and disposing the snapshot gives it back. Each set holds one whole state, which bounds memory.
/// </summary>
public sealed class SnapshotBuffers : IDisposable
{
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentBag<Dictionary<(CheckpointPart, string), byte[]>> _sets = [];

    /// <summary>Makes room for <paramref name="sets"/> snapshots at a time; filled on first use.</summary>
    public SnapshotBuffers(int sets = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sets);
        _free = new SemaphoreSlim(sets);
        for (int i = 0; i < sets; i++) _sets.Add([]);
    }

    /// <summary>Whether <see cref="Capture"/> would start copying at once.</summary>
    public bool HasFree => _free.CurrentCount > 0;

    /// <summary>
    /// Copies the state. When all sets are still being written it waits for one: a slow disk slows training down rather
    /// than filling the memory.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public CheckpointSnapshot Capture(long step, long generation, IReadOnlyList<FlatVector> vectors,
        CancellationToken cancel = default)
    {
        _free.Wait(cancel);
        _sets.TryTake(out Dictionary<(CheckpointPart, string), byte[]>? set);
        void Release()
        {
            // Into the bag before the count goes up, or a waiting thread would find the bag empty.
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

    /// <summary>Frees the counter; the memory goes with the collector.</summary>
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
