using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Tests.Checkpoints;

namespace Starling.Model.Tests.Files;

public sealed class RunLockTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void A_second_training_on_the_same_folder_is_refused_and_the_first_one_named()
    {
        using RunLock first = RunLock.Acquire(_run.Folder);
        StarlingException e = Assert.Throws<StarlingException>(() => RunLock.Acquire(_run.Folder));
        Assert.Contains(_run.Folder, e.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void The_folder_is_free_again_afterwards()
    {
        for (int i = 0; i < 3; i++) RunLock.Acquire(_run.Folder).Dispose();
    }

    [Fact]
    public async Task Nodes_share_a_folder_that_no_training_gets_and_only_the_first_was_alone()
    {
        List<string> alone = [];
        using (await JoinAsync("a", alone))
        using (await JoinAsync("b", alone))
        {
            string refusal = Assert.Throws<StarlingException>(() => RunLock.Acquire(_run.Folder)).Message;
            Assert.Contains("node b of a cluster", refusal, StringComparison.Ordinal);
        }
        using RunLock training = RunLock.Acquire(_run.Folder);
        Assert.Equal(["a"], alone);
    }

    [Fact]
    public async Task A_node_is_refused_while_a_training_holds_the_folder()
    {
        using RunLock training = RunLock.Acquire(_run.Folder);
        StarlingException e = await Assert.ThrowsAsync<StarlingException>(() => JoinAsync("a", []));
        Assert.Contains("in use by process", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_has_its_name_for_itself()
    {
        using RunLock first = await JoinAsync("a", []);
        StarlingException e = await Assert.ThrowsAsync<StarlingException>(() => JoinAsync("a", []));
        Assert.Contains("node named a", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_waits_for_the_process_that_has_its_name()
    {
        RunLock first = await JoinAsync("a", []);
        List<string> notes = [];
        // The first process ends when the second one says that it waits.
        using RunLock second = await WaitAsync("a", TimeSpan.FromMinutes(1), note =>
        {
            notes.Add(note);
            first.Dispose();
        });
        Assert.Contains($"a node named a is already part of the run in {_run.Folder}", notes[0],
            StringComparison.Ordinal);
        Assert.Contains("waiting up to 60 s", notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_still_taken_after_the_wait_is_worth_another_try()
    {
        using RunLock first = await JoinAsync("a", []);
        TryAgainException e = await Assert.ThrowsAsync<TryAgainException>(
            () => WaitAsync("a", TimeSpan.FromMilliseconds(1), _ => { }));
        Assert.Contains("choose another --name", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_for_a_name_can_be_ended()
    {
        using RunLock first = await JoinAsync("a", []);
        using CancellationTokenSource interrupt = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => WaitAsync("a", TimeSpan.FromMinutes(1), _ => interrupt.Cancel(), interrupt.Token));
    }

    [Fact]
    public void The_folder_is_made()
    {
        using RunLock held = RunLock.Acquire(Path.Combine(_run.Folder, "deep", "run"));
        Assert.True(Directory.Exists(Path.Combine(_run.Folder, "deep", "run")));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_one_clear_error()
    {
        // A file in the place of the folder is refused to every user. Permissions would not stop root.
        File.WriteAllText(Path.Combine(_run.Folder, "file"), "");
        StarlingException e = Assert.Throws<StarlingException>(() =>
            RunLock.Acquire(Path.Combine(_run.Folder, "file", "run")));
        Assert.Contains("cannot be written to", e.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_run.Folder, ".lock"));
        Assert.Contains("cannot be written to",
            Assert.Throws<StarlingException>(() => RunLock.Acquire(_run.Folder)).Message);
    }

    private Task<RunLock> WaitAsync(
        string node, TimeSpan limit, Action<string> note, CancellationToken cancellation = default) =>
        RunLock.JoinAsync(_run.Folder, node, () => { }, TimeProvider.System, new NameWait(limit, note), cancellation);

    private Task<RunLock> JoinAsync(string node, List<string> alone) =>
        RunLock.JoinAsync(_run.Folder, node, () => alone.Add(node), TimeProvider.System);
}
