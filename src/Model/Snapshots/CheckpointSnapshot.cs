using Starling.Model.Tensors;

namespace Starling.Model.Snapshots;

/// <summary>
/// The training state after a step, in managed memory, so that any thread may write it while training goes on.
/// Disposing a snapshot returns its memory to the <see cref="SnapshotBuffers"/> that it came from, if any.
/// </summary>
/// <param name="step">Number of optimizer steps applied.</param>
/// <param name="generation">The membership generation that applied the last of them.</param>
/// <param name="student">Weights of the trained network.</param>
/// <param name="teacher">Weights of the student's moving average.</param>
/// <param name="projector">Weights of the projector; empty if there is none.</param>
/// <param name="optimizer">
/// First and second moments (see <see cref="FlatVector.Moments"/> for their names) and the count of updates.
/// </param>
/// <param name="release">Called once, when the memory is no longer needed.</param>
public sealed class CheckpointSnapshot(long step, long generation, IReadOnlyList<HostTensor> student,
    IReadOnlyList<HostTensor> teacher, IReadOnlyList<HostTensor> projector, IReadOnlyList<HostTensor> optimizer,
    Action? release = null) : IDisposable
{
    private Action? _release = release;

    /// <summary>Number of optimizer steps applied.</summary>
    public long Step { get; } = step;

    /// <summary>The membership generation that applied the last of them.</summary>
    public long Generation { get; } = generation;

    /// <summary>Weights of the trained network.</summary>
    public IReadOnlyList<HostTensor> Student { get; } = student;

    /// <summary>Weights of the student's moving average.</summary>
    public IReadOnlyList<HostTensor> Teacher { get; } = teacher;

    /// <summary>Weights of the projector; empty if there is none.</summary>
    public IReadOnlyList<HostTensor> Projector { get; } = projector;

    /// <summary>First and second moments of the optimizer, and its count of updates.</summary>
    public IReadOnlyList<HostTensor> Optimizer { get; } = optimizer;

    /// <summary>The tensors of one part.</summary>
    public IReadOnlyList<HostTensor> this[CheckpointPart part] => part switch
    {
        CheckpointPart.Student => Student,
        CheckpointPart.Teacher => Teacher,
        CheckpointPart.Projector => Projector,
        CheckpointPart.Optimizer => Optimizer,
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    /// <summary>Returns the memory. The tensors must not be read afterwards.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
