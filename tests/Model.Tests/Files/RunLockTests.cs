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

    private Task<RunLock> JoinAsync(string node, List<string> alone) =>
        RunLock.JoinAsync(_run.Folder, node, () => alone.Add(node), TimeProvider.System);
}
