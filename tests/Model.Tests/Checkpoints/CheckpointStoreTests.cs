using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;

namespace Starling.Model.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void A_run_without_checkpoints_has_none()
    {
        Assert.Empty(_run.Store.List());
        Assert.Null(_run.Store.Latest());
        Assert.Null(_run.NewestGood());
        Assert.Empty(_run.Store.Recover());
        Assert.Contains("step 7", Assert.Throws<StarlingException>(() => _run.Store.Load(7)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_is_ordered_by_number_and_holds_nothing_but_checkpoints()
    {
        foreach (long step in (long[])[1000, 20, 3]) _run.Write(TestRun.State(step));
        foreach (string other in (string[])["007", "+5", "best", ".tmp-9-x", "-1"])
            Directory.CreateDirectory(Path.Combine(_run.Checkpoints, other));
        Assert.Equal([3, 20, 1000], _run.Store.List().Select(e => e.Step));
        Assert.Equal(1000, _run.Store.Latest()!.Step);
    }

    [Fact]
    public void The_list_says_what_is_wrong_with_a_manifest_and_the_latest_is_one_without_fault()
    {
        _run.Write(TestRun.State(1));
        File.Delete(Path.Combine(_run.Write(TestRun.State(2)).Folder, "manifest.json"));
        Assert.Contains("manifest.json is missing", _run.Store.List()[1].Problem, StringComparison.Ordinal);
        Assert.Equal(1, _run.Store.Latest()!.Step);
    }

    [Fact]
    public void Recovery_deletes_what_was_left_half_made_and_nothing_else()
    {
        _run.Write(TestRun.State(1));
        string half = Path.Combine(_run.Checkpoints, ".tmp-2-abc"),
            foreign = Path.Combine(_run.Checkpoints, ".snapshots");
        Directory.CreateDirectory(half);
        File.WriteAllText(Path.Combine(half, "student.safetensors"), "half");
        Directory.CreateDirectory(foreign);
        Assert.Equal([".tmp-2-abc"], _run.Store.Recover());
        Assert.False(Directory.Exists(half));
        Assert.True(Directory.Exists(foreign));
        Assert.Equal([1], _run.Store.List().Select(e => e.Step));
    }

    [Fact]
    public void A_checkpoint_whose_replacement_never_came_is_found_and_brought_back()
    {
        string folder = _run.Write(TestRun.State(1)).Folder;
        Directory.Move(folder, Path.Combine(_run.Checkpoints, ".old-1-abc"));
        Assert.Equal(StateHash.Of(TestRun.State(1)), _run.NewestGood());
        _run.Store.Recover();
        Assert.Empty(_run.Store.Verify(1));
        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public void Pruning_deletes_what_the_policy_does_not_keep()
    {
        for (int step = 1; step <= 5; step++) _run.Write(TestRun.State(step));
        Assert.Equal([1, 2, 3], _run.Store.Prune(new KeepPolicy(2), Unexpected));
        Assert.Equal([4, 5], _run.Store.List().Select(e => e.Step));
        Assert.Empty(_run.Leftovers());
    }

    [Fact]
    public void A_pinned_checkpoint_is_deleted_only_after_its_last_reader_is_done()
    {
        for (int step = 1; step <= 3; step++) _run.Write(TestRun.State(step));
        CheckpointStore store = _run.Store;
        IDisposable first = store.TryPin(1)!, second = store.TryPin(1)!;
        Assert.Equal([2], store.Prune(new KeepPolicy(1), Unexpected));
        first.Dispose();
        first.Dispose();
        Assert.Empty(store.Prune(new KeepPolicy(1), Unexpected));
        second.Dispose();
        Assert.Equal([1], store.Prune(new KeepPolicy(1), Unexpected));
        Assert.Null(store.TryPin(1));
    }

    [Fact]
    public void A_pin_holds_against_the_stores_of_other_processes_too()
    {
        for (int step = 1; step <= 2; step++) _run.Write(TestRun.State(step));
        CheckpointStore reading = new(_run.Checkpoints), pruning = new(_run.Checkpoints);
        using (reading.TryPin(1)) Assert.Empty(pruning.Prune(new KeepPolicy(1), Unexpected));
        Assert.Equal([1], pruning.Prune(new KeepPolicy(1), Unexpected));
        Assert.Null(reading.TryPin(1));
    }

    [Fact]
    public void A_deletion_that_fails_is_reported_and_the_others_go_on()
    {
        for (int step = 1; step <= 4; step++) _run.Write(TestRun.State(step));
        MeddlingDisk disk = new()
        {
            Renaming = path =>
            {
                if (Path.GetFileName(path) == "2") throw new IOException("busy");
            },
        };
        List<string> reports = [];
        Assert.Equal([1, 3], new CheckpointStore(_run.Checkpoints, disk).Prune(new KeepPolicy(1), reports.Add));
        Assert.Contains("busy", Assert.Single(reports), StringComparison.Ordinal);
        Assert.Equal([2], _run.Store.Prune(new KeepPolicy(1), Unexpected));
    }

    [Fact]
    public void A_half_done_deletion_leaves_nothing_that_looks_like_a_checkpoint()
    {
        for (int step = 1; step <= 2; step++) _run.Write(TestRun.State(step));
        MeddlingDisk disk = new() { Deleting = _ => throw new IOException("busy") };
        List<string> reports = [];
        new CheckpointStore(_run.Checkpoints, disk).Prune(new KeepPolicy(1), reports.Add);
        Assert.Single(reports);
        Assert.Equal([2], _run.Store.List().Select(e => e.Step));
        Assert.Single(_run.Store.Recover());
        Assert.Empty(_run.Leftovers());
    }

    private static void Unexpected(string message) => Assert.Fail(message);
}
