using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Runs;

public sealed class RunLedgerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_outlive_their_writer()
    {
        Assert.Equal(LedgerEntry.Empty, Ledger().Read());
        Assert.Equal(new LedgerEntry(1, 0, 0, -1), Ledger().TakeTerm());
        Assert.True(Ledger().TryAdvance(1, 1, 40, 36));
        Assert.Equal(new LedgerEntry(1, 1, 40, 36), Ledger().Read());
        Assert.Equal(new LedgerEntry(2, 1, 40, 36), Ledger().TakeTerm());
    }

    [Fact]
    public async Task Nodes_that_start_at_once_in_a_new_folder_agree_on_its_id()
    {
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Ledger().FolderId())));
        string id = Assert.Single(ids.Distinct());
        Assert.Matches("^[0-9a-f]{32}$", id);
        Ledger().TakeTerm();
        Assert.Equal(id, Ledger().FolderId());
        using TestFolder other = new();
        Assert.NotEqual(id, new RunLedger(other.Path).FolderId());
    }

    [Fact]
    public void A_damaged_id_is_a_mistake_that_names_the_file()
    {
        File.WriteAllText(_folder["run-id"], "");
        Assert.Contains("run-id is damaged", Assert.Throws<StarlingException>(() => Ledger().FolderId()).Message);
    }

    /// <summary>A link to itself is there, and cannot be read: as a file on a disk that fails.</summary>
    [Fact]
    public void A_disk_that_does_not_answer_is_no_run_without_numbers()
    {
        foreach (string name in (string[])["ledger.json", "run-id"])
            File.CreateSymbolicLink(_folder[name], _folder[name]);
        Assert.All((Action[])[() => Ledger().Read(), () => Ledger().TakeTerm(), () => Ledger().FolderId(),
            () => Ledger().TryAdvance(1, 1, 1, 1)],
            ask => Assert.Equal(FaultScope.Node, Assert.Throws<StarlingException>(ask).Scope));
    }

    [Fact]
    public void An_older_term_is_refused_and_changes_nothing()
    {
        RunLedger old = Ledger(), young = Ledger();
        long before = old.TakeTerm().Term, after = young.TakeTerm().Term;
        Assert.True(young.TryAdvance(after, 5, 10, -1));
        Assert.False(old.TryAdvance(before, 6, 99, 99));
        Assert.Equal(new LedgerEntry(after, 5, 10, -1), Ledger().Read());
    }

    [Fact]
    public void A_generation_never_falls()
    {
        Ledger().TakeTerm();
        Assert.True(Ledger().TryAdvance(1, 5, 0, -1));
        Assert.False(Ledger().TryAdvance(1, 4, 0, -1));
        Assert.True(Ledger().TryAdvance(1, 5, 1, 0));
    }

    [Fact]
    public void Only_the_current_generation_commits_and_none_begins_meanwhile()
    {
        Ledger().TakeTerm();
        Ledger().TryAdvance(1, 5, 0, -1);
        int commits = 0;
        Assert.False(Ledger().TryCommit(4, () => commits++));
        Assert.False(Ledger().TryCommit(6, () => commits++));
        Assert.Equal(0, commits);
        Assert.True(Ledger().TryCommit(5, () =>
        {
            commits++;
            RunLedger other = new(_folder.Path, timeout: TimeSpan.FromMilliseconds(50));
            Assert.Contains("ledger.lock",
                Assert.Throws<StarlingException>(() => other.TryAdvance(1, 6, 0, -1)).Message);
        }));
        Assert.Equal(1, commits);
        Assert.True(Ledger().TryAdvance(1, 6, 0, -1));
    }

    [Fact]
    public void What_a_commit_throws_is_not_the_ledgers()
    {
        Ledger().TakeTerm();
        Assert.Throws<IOException>(() => Ledger().TryCommit(0, () => throw new IOException("disk")));
        Assert.Equal(2, Ledger().TakeTerm().Term); // and the lock is free again
    }

    [Fact]
    public async Task Two_owners_at_once_never_hold_the_same_term_or_generation()
    {
        const int rounds = 25;
        List<long>[] terms = [[], []];
        int advanced = 0;
        await Task.WhenAll(terms.Select(mine => Task.Run(() =>
        {
            RunLedger ledger = new(_folder.Path);
            for (int i = 0; i < rounds; i++)
            {
                LedgerEntry taken = ledger.TakeTerm();
                mine.Add(taken.Term);
                if (ledger.TryAdvance(taken.Term, taken.Generation + 1, 0, -1)) Interlocked.Increment(ref advanced);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(Enumerable.Range(1, 2 * rounds).Select(t => (long)t), terms.SelectMany(t => t).Order());
        Assert.Equal(advanced, Ledger().Read().Generation); // every one that was granted counted once
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"term":1,"generation":2,"step":3}""")]
    [InlineData("""{"term":-1,"generation":2,"step":3,"checkpoint":0}""")]
    [InlineData("""{"term":"one","generation":2,"step":3,"checkpoint":0}""")]
    public void A_damaged_file_is_one_clear_error_and_stays_as_it_is(string text)
    {
        File.WriteAllText(_folder["ledger.json"], text);
        foreach (Action use in (Action[])[
            () => Ledger().Read(), () => Ledger().TakeTerm(), () => Ledger().TryAdvance(9, 9, 0, -1),
            () => Ledger().TryCommit(2, () => Assert.Fail("committed"))])
        {
            StarlingException refusal = Assert.Throws<StarlingException>(use);
            Assert.Contains("ledger.json is damaged", refusal.Message);
            Assert.DoesNotContain('\n', refusal.Message);
        }
        Assert.Equal(text, File.ReadAllText(_folder["ledger.json"]));
    }

    [Fact]
    public void The_content_is_safe_before_it_has_its_name_and_the_name_before_anybody_hears_of_it()
    {
        RecordingDisk disk = new();
        new RunLedger(_folder.Path, disk).TakeTerm();
        Assert.Equal(["create ledger.json.new", "write", "sync", "replace ledger.json by ledger.json.new",
            "sync folder"], disk.Operations);
    }

    [Fact]
    public void A_fault_at_any_moment_is_tried_again()
    {
        Ledger().TakeTerm();
        for (int fault = 1; fault <= 5; fault++)
        {
            RecordingDisk disk = new(fault);
            Assert.True(new RunLedger(_folder.Path, disk).TryAdvance(1, fault, 0, -1));
            Assert.Equal(fault + 5, disk.Operations.Count); // the whole file is written again
            Assert.Equal(fault, Ledger().Read().Generation);
        }
    }

    [Fact]
    public void A_disk_that_goes_on_failing_at_any_moment_leaves_the_old_numbers_or_the_new_ones()
    {
        Ledger().TakeTerm();
        for (int fault = 1; fault <= 5; fault++)
        {
            LedgerEntry before = Ledger().Read();
            RunLedger failing = new(_folder.Path, new RecordingDisk(fault, faults: int.MaxValue));
            StarlingException refusal = Assert.Throws<StarlingException>(
                () => failing.TryAdvance(1, before.Generation + 1, 0, -1));
            Assert.Contains("ledger.json", refusal.Message);
            Assert.InRange(Ledger().Read().Generation, before.Generation, before.Generation + 1);
            // What was left behind is in nobody's way.
            Assert.True(Ledger().TryAdvance(1, before.Generation + 1, 0, -1));
        }
    }

    [Fact]
    public void A_folder_that_is_not_there_is_the_users_to_mend() => Assert.Contains("no such folder",
        Assert.Throws<StarlingException>(() => new RunLedger(_folder["no such folder"]).TakeTerm()).Message);

    private RunLedger Ledger() => new(_folder.Path);
}
