using System.Runtime.InteropServices;
using Starling.Model.Checkpoints;
using Starling.Model.Files;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;

namespace Starling.Model.Tests.Checkpoints;

public sealed class CheckpointWriterTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void What_a_dead_writer_left_of_earlier_steps_is_deleted()
    {
        string Remains(string name) => Directory.CreateDirectory(Path.Combine(_run.Checkpoints, name)).FullName;
        _run.Write(TestRun.State(5));
        string[] superfluous = [Remains(".tmp-3-abc"), Remains(".old-5-abc")];
        // Another process may be writing the first two, and the last one is the only checkpoint of its step.
        string[] others = [Remains(".tmp-7-abc"), Remains(".tmp-20-abc"), Remains(".old-4-abc")];
        _run.Write(TestRun.State(7));
        Assert.DoesNotContain(superfluous, Directory.Exists);
        Assert.All(others, path => Assert.True(Directory.Exists(path), path));
    }

    [Fact]
    public void What_was_written_is_loaded_with_everything_the_manifest_says()
    {
        CheckpointSnapshot state = TestRun.State(12, seed: 4, generation: 3);
        CheckpointReceipt receipt = Writer(DiskFiles.Instance).Write(state, TestRun.Description, TestRun.Metrics);
        LoadedCheckpoint loaded = _run.Store.Load(12);

        Assert.Equal(Path.Combine(_run.Checkpoints, "12"), receipt.Folder);
        Assert.True(receipt.Written);
        foreach (CheckpointPart part in CheckpointParts.All) AssertSame(state[part], loaded.State[part]);
        CheckpointManifest manifest = loaded.Manifest;
        Assert.Equal((1, 12L, 3L), (manifest.FormatVersion, manifest.Step, manifest.Generation));
        Assert.Equal(("test-run", "m", "d", "t"),
            (manifest.RunId, manifest.ModelHash, manifest.DataFingerprint, manifest.TokenizerFingerprint));
        Assert.Equal(TestRun.Metrics, manifest.Metrics.ToDictionary());
        Assert.Equal(64, manifest.Configuration.GetProperty("model").GetProperty("dim").GetInt32());
        Assert.Equal(StateHash.Of(state), manifest.StateHash);
        Assert.Equal(manifest.StateHash, CheckpointReader.HashOf(receipt.Folder));
        Assert.Equal(manifest.TotalBytes(),
            Directory.GetFiles(receipt.Folder, "*.safetensors").Sum(f => new FileInfo(f).Length));
        Assert.Empty(_run.Store.Verify(12));
        Assert.Empty(_run.Leftovers());
    }

    [Fact]
    public void The_files_are_plain_safetensors()
    {
        string folder = _run.Write(TestRun.State(1)).Folder;
        string[] expected = ["manifest.json", .. CheckpointParts.All.Select(p => $"{p.Label()}.safetensors")];
        Assert.Equal(expected.Order(StringComparer.Ordinal),
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        SafetensorsHeader header = SafetensorsFile.ReadHeader(Path.Combine(folder, "student.safetensors"));
        Assert.Equal(["empty", "layers.0.weight", "norm.weight"], header.Entries.Select(e => e.Name));
    }

    [Fact]
    public void Without_a_projector_there_is_no_file_of_it()
    {
        _run.Write(TestRun.State(1, projector: false));
        Assert.False(File.Exists(Path.Combine(_run.Checkpoints, "1", "projector.safetensors")));
        Assert.Empty(_run.Store.Load(1).State.Projector);
    }

    [Fact]
    public void One_part_can_be_loaded_alone_and_does_not_need_the_others()
    {
        string folder = _run.Write(TestRun.State(1)).Folder;
        File.Delete(Path.Combine(folder, "optimizer.safetensors"));
        LoadedCheckpoint loaded = CheckpointReader.Load(folder, CheckpointPart.Teacher);
        AssertSame(TestRun.State(1).Teacher, loaded.State.Teacher);
        Assert.Empty(loaded.State.Student);
    }

    [Fact]
    public void An_equal_checkpoint_is_left_alone()
    {
        CheckpointManifest first = _run.Write(TestRun.State(5)).Manifest;
        CheckpointReceipt second = _run.Write(TestRun.State(5, generation: 2));
        Assert.False(second.Written);
        Assert.Equal(first.Created, second.Manifest.Created);
        Assert.Equal(1, _run.Store.Load(5).Manifest.Generation);
    }

    [Fact]
    public void A_checkpoint_of_another_state_is_replaced()
    {
        _run.Write(TestRun.State(5, seed: 1));
        _run.Write(TestRun.State(5, seed: 2));
        Assert.Equal(StateHash.Of(TestRun.State(5, seed: 2)), _run.NewestGood());
        Assert.Empty(_run.Leftovers());
    }

    [Fact]
    public void A_checkpoint_that_could_not_be_replaced_is_back_in_its_place()
    {
        CheckpointReceipt first = _run.Write(TestRun.State(5, seed: 1));
        MeddlingDisk disk = new()
        {
            Renaming = path =>
            {
                if (Path.GetFileName(path).StartsWith(".tmp", StringComparison.Ordinal)) throw new IOException("busy");
            },
        };
        Assert.Throws<CheckpointWriteException>(() =>
            Writer(disk).Write(TestRun.State(5, seed: 2), TestRun.Description, TestRun.Metrics));
        Assert.Equal([first.Folder], Directory.GetDirectories(_run.Checkpoints));
        Assert.Equal(first.Manifest.StateHash, CheckpointReader.HashOf(first.Folder));
    }

    [Fact]
    public void A_damaged_checkpoint_of_the_same_state_is_replaced()
    {
        CheckpointReceipt receipt = _run.Write(TestRun.State(5));
        File.Delete(Path.Combine(receipt.Folder, "teacher.safetensors"));
        Assert.True(_run.Write(TestRun.State(5)).Written);
        Assert.Empty(_run.Store.Verify(5));
    }

    [Fact]
    public void An_older_generation_cannot_replace_the_state_of_a_newer_one()
    {
        _run.Write(TestRun.State(5, seed: 1, generation: 4));
        CheckpointWriteException e =
            Assert.Throws<CheckpointWriteException>(() => _run.Write(TestRun.State(5, seed: 2, generation: 3)));
        Assert.Equal(CheckpointFailure.Superseded, e.Failure);
        Assert.Equal(StateHash.Of(TestRun.State(5, seed: 1)), _run.NewestGood());
    }

    [Fact]
    public void Only_the_current_generation_commits()
    {
        Generation current = new(2);
        CheckpointWriter writer = new(_run.Store, TimeProvider.System, current);
        var e = Assert.Throws<CheckpointWriteException>(
            () => writer.Write(TestRun.State(5, generation: 1), TestRun.Description, TestRun.Metrics));
        Assert.Equal(CheckpointFailure.Fenced, e.Failure);
        Assert.Empty(_run.Store.List());
        Assert.Empty(_run.Leftovers());
        Assert.True(writer.Write(TestRun.State(5, generation: 2), TestRun.Description, TestRun.Metrics).Written);
        Assert.Empty(_run.Leftovers());
    }

    [Fact]
    public void A_generation_that_ends_while_its_checkpoint_is_written_does_not_commit_it()
    {
        Generation current = new(1);
        CheckpointStore store = new(_run.Checkpoints, new MeddlingDisk
        {
            CreatingFile = path => current.Number = path.EndsWith("manifest.json", StringComparison.Ordinal) ? 2 : 1,
        });
        var e = Assert.Throws<CheckpointWriteException>(() => new CheckpointWriter(store, TimeProvider.System, current)
            .Write(TestRun.State(5), TestRun.Description, TestRun.Metrics));
        Assert.Equal(CheckpointFailure.Fenced, e.Failure);
        Assert.Empty(_run.Store.List());
        Assert.Empty(_run.Leftovers());
    }

    [Fact]
    public void Memory_that_changes_while_it_is_written_is_found_before_the_commit()
    {
        byte[] live = [1, 2, 3, 4];
        HostTensor tensor = new("w", TorchSharp.torch.ScalarType.Byte, [4], live);
        CheckpointSnapshot state = new(1, 1, [tensor], [], [], []);
        CheckpointWriteException e = Fails(new MeddlingDisk { CreatingFile = _ => live[2] = 9 }, state);
        Assert.Equal(CheckpointFailure.Verification, e.Failure);
        Assert.Contains("state's hash", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_that_changes_on_the_disk_is_found_before_the_commit()
    {
        MeddlingDisk disk = new()
        {
            SyncingFolder = path =>
            {
                string file = Path.Combine(path, "teacher.safetensors");
                if (!File.Exists(file)) return;
                byte[] bytes = File.ReadAllBytes(file);
                bytes[^1] ^= 1;
                File.WriteAllBytes(file, bytes);
            },
        };
        Assert.Contains("teacher.safetensors", Fails(disk, TestRun.State(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        using CancellationTokenSource cancel = new();
        MeddlingDisk disk = new()
        {
            CreatingFile = path =>
            {
                if (path.EndsWith("optimizer.safetensors", StringComparison.Ordinal)) cancel.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(() =>
            Writer(disk).Write(TestRun.State(1), TestRun.Description, TestRun.Metrics, cancel.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_run.Checkpoints));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_named()
    {
        // A file in the place of the folder is refused to every user. Permissions would not stop root.
        File.WriteAllText(_run.Checkpoints, "");
        CheckpointWriteException e = Assert.Throws<CheckpointWriteException>(() => _run.Write(TestRun.State(1)));
        Assert.Contains(_run.Checkpoints, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, CheckpointFailure.Unwritable)]
    [InlineData(false, CheckpointFailure.Disk)]
    public void Failures_are_told_apart(bool denied, CheckpointFailure expected)
    {
        MeddlingDisk disk = new()
        {
            CreatingFile = _ => throw (denied ? new UnauthorizedAccessException("denied") : new IOException("broken")),
        };
        Assert.Equal(expected, Fails(disk, TestRun.State(1)).Failure);
    }

    [Fact]
    public void The_systems_own_full_disk_is_told_apart()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("needs /dev/full");
        IOException e = Assert.ThrowsAny<IOException>(() =>
        {
            using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            full.Write([1]);
        });
        MeddlingDisk disk = new() { CreatingFile = _ => throw e };
        Assert.Equal(CheckpointFailure.DiskFull, Fails(disk, TestRun.State(1)).Failure);
    }

    private static void AssertSame(IReadOnlyList<HostTensor> expected, IReadOnlyList<HostTensor> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((HostTensor e, HostTensor a) in expected.OrderBy(t => t.Name, StringComparer.Ordinal).Zip(actual))
        {
            Assert.Equal((e.Name, e.Type), (a.Name, a.Type));
            Assert.Equal(e.Shape, a.Shape);
            Assert.True(MemoryMarshal.ToEnumerable(e.Bytes).SequenceEqual(MemoryMarshal.ToEnumerable(a.Bytes)), e.Name);
        }
    }

    private CheckpointWriter Writer(IDurableFiles disk) =>
        new(new CheckpointStore(_run.Checkpoints, disk), TimeProvider.System);

    private CheckpointWriteException Fails(IDurableFiles disk, CheckpointSnapshot state)
    {
        CheckpointWriteException e = Assert.Throws<CheckpointWriteException>(() =>
            Writer(disk).Write(state, TestRun.Description, TestRun.Metrics));
        Assert.Empty(Directory.GetFileSystemEntries(_run.Checkpoints));
        return e;
    }

    /// <summary>A guard that lets only one generation commit.</summary>
    private sealed class Generation(long number) : ICommitGuard
    {
        public long Number { get; set; } = number;

        public bool TryCommit(long generation, Action commit)
        {
            if (generation != Number) return false;
            commit();
            return true;
        }
    }
}
