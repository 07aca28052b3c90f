using System.Runtime.InteropServices;
using System.Text.Json;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Support;

/// <summary>Snapshots of a state with four numbers in it.</summary>
internal static class TestCheckpoints
{
    public static RunDescription Run { get; } = new("test", JsonDocument.Parse("{}").RootElement.Clone(), "m", "d",
        "t");

    public static CheckpointSnapshot Snapshot(long step, long generation = 1, Action? released = null) =>
        new(step, generation,
        [Tensor("weight", step)], [Tensor("weight", -step)], [], [Tensor("exp_avg.student.weight", 2 * step)],
            released);

    public static void Write(CheckpointStore store, params long[] steps)
    {
        foreach (long step in steps)
        {
            using CheckpointSnapshot snapshot = Snapshot(step);
            new CheckpointWriter(store, TimeProvider.System).Write(snapshot, Run, new Dictionary<string, double>());
        }
    }

    private static HostTensor Tensor(string name, float value) =>
        new(name, ScalarType.Float32, [4], MemoryMarshal.AsBytes<float>(new[] { value, 1, 2, 3 }).ToArray());
}
