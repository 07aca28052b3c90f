using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using Starling.Model.Tests.Checkpoints;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Snapshots;

public sealed class StateHashTests
{
    private static readonly HostTensor A = new("a", ScalarType.Byte, [2, 2], new byte[] { 1, 2, 3, 4 });
    private static readonly HostTensor B = new("b", ScalarType.Byte, [1], new byte[] { 5 });
    private static readonly string Reference = Hash(9, A, B);

    /// <summary>
    /// From <c>printf 'step\t9\nstudent\ta\tU8\t2,2\t4\n\1\2\3\4student\tb\tU8\t1\t1\n\5' | sha256sum</c>.
    /// </summary>
    [Fact]
    public void It_is_the_sum_that_its_documentation_describes() =>
        Assert.Equal("5559d288f67bd2cce8cac9582c2a8d3975b14d7721a0646707f54cc9dffa3783", Reference);

    [Fact]
    public void The_order_of_the_tensors_does_not_matter() => Assert.Equal(Reference, Hash(9, B, A));

    [Fact]
    public void The_generation_does_not_matter() =>
        Assert.Equal(Reference, StateHash.Of(new CheckpointSnapshot(9, 77, [A, B], [], [], [])));

    [Fact]
    public void Everything_else_matters()
    {
        string[] others =
        [
            Hash(10, A, B),
            Hash(9, A),
            Hash(9, A with { Name = "c" }, B),
            Hash(9, A with { Type = ScalarType.Int8 }, B),
            Hash(9, A with { Shape = [4] }, B),
            Hash(9, A with { Bytes = new byte[] { 1, 2, 3, 5 } }, B),
            Hash(9, A with { Bytes = B.Bytes }, B with { Bytes = A.Bytes }),
            StateHash.Of(new CheckpointSnapshot(9, 1, [A], [B], [], [])),
            StateHash.Of(new CheckpointSnapshot(9, 1, [], [], [A, B], [])),
            StateHash.Of(new CheckpointSnapshot(9, 1, [], [], [], [A, B])),
        ];
        Assert.DoesNotContain(Reference, others);
        Assert.Distinct(others);
    }

    [Fact]
    public void A_name_that_comes_twice_is_a_mistake() =>
        Assert.Throws<ArgumentException>(() => Hash(9, A, A));

    [Fact]
    public void Files_with_other_headers_give_the_same_hash()
    {
        using TestRun run = new();
        string folder = run.Write(TestRun.State(3)).Folder;
        string file = Path.Combine(folder, "student.safetensors");
        SafetensorsFile.Write(file, TestRun.State(3).Student,
            new Dictionary<string, string> { ["note"] = "other header" });
        CheckpointManifest manifest = ManifestFile.Read(folder);
        CheckpointFile changed = new("student.safetensors", new FileInfo(file).Length,
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));
        File.WriteAllBytes(Path.Combine(folder, "manifest.json"),
            ManifestFile.ToBytes(manifest with { Files = [changed, .. manifest.Files.Skip(1)] }));
        Assert.Equal(StateHash.Of(TestRun.State(3)), CheckpointReader.HashOf(folder));
    }

    private static string Hash(long step, params HostTensor[] student) =>
        StateHash.Of(new CheckpointSnapshot(step, 1, student, [], [], []));
}
