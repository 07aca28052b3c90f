using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using Starling.Model.Tests.Checkpoints;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Snapshots;

public sealed class SnapshotBuffersTests : IDisposable
{
    private static readonly ParameterLayout Student = new([new("norm.weight", 3), new("weight", 2, 4)]);
    private static readonly ParameterLayout Projector = new([new("0.weight", 2, 2)]);
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Capture_write_load_and_restore_gives_the_same_bits()
    {
        using TestRun run = new();
        using SnapshotBuffers buffers = new();
        IReadOnlyList<FlatVector> live = Vectors(offset: 0), other = Vectors(offset: 1000);
        using (CheckpointSnapshot snapshot = buffers.Capture(8, 2, live))
        {
            Assert.Equal(["exp_avg.student.norm.weight", "exp_avg.student.weight", "exp_avg_sq.student.norm.weight",
                "exp_avg_sq.student.weight", "exp_avg.projector.0.weight", "exp_avg_sq.projector.0.weight"],
                snapshot.Optimizer.Select(t => t.Name));
            run.Write(snapshot);
        }
        FlatVector.Restore(run.Store.Load(8).State, other);
        Assert.All(live.Zip(other), pair => Assert.Equal(pair.First.Values.bytes, pair.Second.Values.bytes));
    }

    [Fact]
    public void A_snapshot_does_not_follow_the_live_state()
    {
        using SnapshotBuffers buffers = new();
        IReadOnlyList<FlatVector> live = Vectors(offset: 0);
        using CheckpointSnapshot snapshot = buffers.Capture(1, 1, live);
        string before = StateHash.Of(snapshot);
        foreach (FlatVector vector in live) vector.Values.zero_();
        Assert.Equal(before, StateHash.Of(snapshot));
    }

    [Fact]
    public void The_memory_is_used_again_and_not_before_it_is_given_back()
    {
        using SnapshotBuffers buffers = new(2);
        IReadOnlyList<FlatVector> live = Vectors(offset: 0);
        CheckpointSnapshot first = buffers.Capture(1, 1, live), second = buffers.Capture(2, 1, live);
        Assert.False(buffers.HasFree);
        Assert.False(first.Student[0].Bytes.Equals(second.Student[0].Bytes));
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => buffers.Capture(3, 1, live, cancelled.Token));
        first.Dispose();
        first.Dispose();
        using CheckpointSnapshot third = buffers.Capture(3, 1, live);
        Assert.True(first.Student[0].Bytes.Equals(third.Student[0].Bytes));
        Assert.False(buffers.HasFree);
        second.Dispose();
    }

    [Fact]
    public void A_failed_capture_gives_its_memory_back()
    {
        using SnapshotBuffers buffers = new();
        FlatVector tooShort = FlatVector.Weights(CheckpointPart.Student, Student, zeros(2));
        Assert.ThrowsAny<Exception>(() => buffers.Capture(1, 1, [tooShort]));
        Assert.True(buffers.HasFree);
    }

    [Fact]
    public void A_state_that_does_not_fit_changes_nothing_and_every_misfit_is_named()
    {
        IReadOnlyList<FlatVector> live = Vectors(offset: 5);
        byte[] before = [.. live[0].Values.bytes];
        using SnapshotBuffers buffers = new();
        ParameterLayout wider = new([new("norm.weight", 3), new("weight", 4, 2), new("extra", 1)]);
        CheckpointSnapshot state = buffers.Capture(1, 1,
        [
            FlatVector.Weights(CheckpointPart.Student, wider, zeros(wider.Count)),
            FlatVector.Weights(CheckpointPart.Teacher, Student, zeros(11)),
        ]);
        StarlingException e = Assert.Throws<StarlingException>(() => FlatVector.Restore(state, live));
        Assert.Contains("student has weight as Float32 [4, 2] instead of Float32 [2, 4]", e.Message,
            StringComparison.Ordinal);
        Assert.Contains("student also has extra", e.Message, StringComparison.Ordinal);
        Assert.Contains("projector lacks 0.weight", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, live[0].Values.bytes.ToArray());
    }

    private static IReadOnlyList<FlatVector> Vectors(int offset)
    {
        int next = offset;
        Tensor Fill(ParameterLayout layout) => Ops.Range(layout.Count).to(ScalarType.Float32).PlusScalar(next += 100);
        return
        [
            FlatVector.Weights(CheckpointPart.Student, Student, Fill(Student)),
            FlatVector.Weights(CheckpointPart.Teacher, Student, Fill(Student)),
            FlatVector.Weights(CheckpointPart.Projector, Projector, Fill(Projector)),
            .. FlatVector.Moments(CheckpointPart.Student, Student, Fill(Student), Fill(Student)),
            .. FlatVector.Moments(CheckpointPart.Projector, Projector, Fill(Projector), Fill(Projector)),
        ];
    }
}
