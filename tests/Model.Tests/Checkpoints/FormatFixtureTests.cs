using Starling.Model.Checkpoints;
using Starling.Model.Parameters;
using Starling.Model.Snapshots;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Checkpoints;

/// <summary>
/// Checks that checkpoints of every released format can be loaded. The fixtures are never regenerated. If the format
/// changes so that one of them can no longer be read, it needs a new version number and a reader for the old version.
/// </summary>
public sealed class FormatFixtureTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Format_1_loads()
    {
        CheckpointStore store =
            new(CheckpointPaths.Of(Path.Combine(AppContext.BaseDirectory, "golden", "checkpoint-v1")));
        LoadedCheckpoint loaded = store.LoadNewestGood(e => Assert.Fail(e.Message))!;

        Assert.Equal((1, 12L, 3L, "fixture"),
            (loaded.Manifest.FormatVersion, loaded.Manifest.Step, loaded.Manifest.Generation, loaded.Manifest.RunId));
        Assert.Equal(8.25, loaded.Manifest.Metrics["loss.total"]);
        Assert.True(double.IsNaN(loaded.Manifest.Metrics["loss.ar"]));
        // Computed once by a separate program from the files, after the description of StateHash.
        Assert.Equal("c4303f89ce5c69224f86d3ece218d25c1af328ced67f241d8ed2969d179f108f", StateHash.Of(loaded.State));

        ParameterLayout student = new([new("norm.weight", 2), new("layers.0.attention.wqkv.weight", 6, 2),
            new("tok_embeddings.weight", 4, 2)]);
        ParameterLayout projector = new([new("0.weight", 2, 2), new("0.bias", 2)]);
        Tensor weights = zeros(student.Count), head = zeros(projector.Count);
        FlatVector.Restore(loaded.State,
        [
            FlatVector.Weights(CheckpointPart.Student, student, weights),
            FlatVector.Weights(CheckpointPart.Teacher, student, zeros(student.Count)),
            FlatVector.Weights(CheckpointPart.Projector, projector, head),
            .. FlatVector.Moments(CheckpointPart.Student, student, zeros(student.Count), zeros(student.Count)),
            .. FlatVector.Moments(CheckpointPart.Projector, projector, zeros(projector.Count), zeros(projector.Count)),
        ]);
        Assert.Equal([7 / 8f, 8 / 8f, 9 / 8f, 10 / 8f, 9 / 8f, 10 / 8f], head.data<float>().ToArray());
        Assert.Equal(1 / 8f, weights.data<float>()[(int)student["norm.weight"].Offset + 1]);
    }
}
