using System.Runtime.InteropServices;
using System.Text.Json;
using Starling.Data.Randomness;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Checkpoints;

/// <summary>A run's folder for a test, and states to write into it.</summary>
internal sealed class TestRun : IDisposable
{
    public TestRun() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"starling-run-{Guid.NewGuid():N}");

    public string Checkpoints => CheckpointPaths.Of(Folder);

    public CheckpointStore Store => new(Checkpoints, new MeddlingDisk());

    public static IReadOnlyDictionary<string, double> Metrics { get; } =
        new Dictionary<string, double> { ["loss.total"] = 2.5, ["loss.ar"] = double.NaN };

    public static RunDescription Description { get; } = Describe("""{"seed": 1, "model": {"dim": 64, "layers": 2}}""");

    public static RunDescription Describe(string configuration, string model = "m", string data = "d",
        string tokenizer = "t") =>
        new("test-run", JsonDocument.Parse(configuration).RootElement.Clone(), model, data, tokenizer);

    /// <summary>Makes a state with every part. Different seeds give different bytes.</summary>
    public static CheckpointSnapshot State(long step, int seed = 0, long generation = 1, bool projector = true) => new(
        step, generation,
        [Tensor("norm.weight", seed, 3), Tensor("layers.0.weight", seed, 2, 3), Tensor("empty", seed, 0, 4)],
        [Tensor("norm.weight", seed + 1, 3), Tensor("layers.0.weight", seed + 1, 2, 3), Tensor("empty", seed, 0, 4)],
        projector ? [Tensor("0.weight", seed, 2, 2)] : [],
        [Tensor("exp_avg.student.norm.weight", seed, 3), Tensor("exp_avg_sq.student.norm.weight", seed, 3)]);

    public static HostTensor Tensor(string name, int seed, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        KeyedRandom random = KeyedRandom.For((ulong)seed, RandomPurpose.Initialization, (uint)name.Length);
        for (int i = 0; i < values.Length; i++) values[i] = (float)random.NextDouble();
        return new HostTensor(name, ScalarType.Float32, shape, MemoryMarshal.AsBytes<float>(values).ToArray());
    }

    public CheckpointReceipt Write(CheckpointSnapshot state, IReadOnlyDictionary<string, double>? metrics = null) =>
        new CheckpointWriter(Store, TimeProvider.System).Write(state, Description, metrics ?? Metrics);

    /// <summary>Loads the newest intact checkpoint and gives the hash that is computed from its bytes.</summary>
    public string? NewestGood(List<string>? reports = null) =>
        Store.LoadNewestGood(e => reports?.Add(e.Message)) is { } loaded ? StateHash.Of(loaded.State) : null;

    /// <summary>Gives the names of folders that should have been deleted.</summary>
    public string[] Leftovers() => Directory.Exists(Checkpoints)
        ? [.. Directory.GetDirectories(Checkpoints).Select(p => Path.GetFileName(p)).Where(n => n.StartsWith('.'))]
        : [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
