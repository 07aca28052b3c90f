using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data.Shards;

namespace Starling.Actors.Tests.Runs;

public sealed class DataRecordTests(TinyAssets assets) : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<string> _notes = [];
    private readonly ShardIndex _index = ShardIndex.Open(assets.Shards);

    private string FilePath => _folder[$"data-{_index.Fingerprint[..16]}.jsonl"];

    private RowGroupInfo[] Groups => [.. _index.RowGroups];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_one_process_has_read_the_next_compares_with()
    {
        DataRecord first = New();
        first.Check(Groups[0], "h0");
        first.Check(Groups[5], "h5");
        first.Check(Groups[5], "h5");
        DataRecord second = New();
        second.Check(Groups[0], "h0");
        second.Check(Groups[1], "h1");
        RowGroupChangedException e = Refused(second, Groups[5]);
        Assert.Equal((_index.Files[1], 2), (e.File, e.RowGroup));
        Assert.StartsWith($"{_index.Files[1]}: row group 2 has changed since this run first read it", e.Message);
        Refused(first, Groups[1]);
        Assert.Empty(_notes);
    }

    [Fact]
    public void Two_nodes_that_have_long_begun_do_not_remember_two_hashes()
    {
        DataRecord one = New(), other = New();
        one.Check(Groups[0], "h0");
        other.Check(Groups[1], "h1");
        Refused(other, Groups[0]);
        Refused(one, Groups[1]);
    }

    [Fact]
    public async Task Loaders_that_write_at_the_same_time_lose_nothing_and_write_nothing_twice()
    {
        const int Loaders = 4;
        using Barrier start = new(Loaders);
        await Task.WhenAll(Enumerable.Range(0, Loaders).Select(loader => Task.Factory.StartNew(() =>
        {
            DataRecord record = New(timeout: TimeSpan.FromSeconds(60));
            for (int i = 0; i < Groups.Length; i++)
            {
                Assert.True(start.SignalAndWait(TimeSpan.FromSeconds(60)));
                record.Check(Groups[(i + loader) % Groups.Length], $"h{(i + loader) % Groups.Length}");
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Empty(_notes);
        string[] lines = File.ReadAllLines(FilePath);
        Assert.Equal(_index.Files.Count + Groups.Length, lines.Length);
        Assert.Equal(lines.Length, lines.Distinct().Count());
        foreach (RowGroupInfo group in Groups) Refused(New(), group);
    }

    [Fact]
    public void A_kill_at_any_byte_leaves_a_record_that_is_gone_on_with()
    {
        DataRecord whole = New();
        whole.Check(Groups[0], "h0");
        whole.Check(Groups[1], "h1");
        byte[] bytes = File.ReadAllBytes(FilePath);
        int known = bytes.AsSpan().IndexOf("h0\"}\n"u8) + 4;
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(FilePath, bytes[..length]);
            if (length >= known) Refused(New(), Groups[0]);
            DataRecord next = New();
            for (int i = 0; i < 3; i++) next.Check(Groups[i], $"h{i}");
            DataRecord last = New();
            for (int i = 0; i < 3; i++) Refused(last, Groups[i]);
            Assert.Equal(_index.FileFingerprints.Count, File.ReadAllLines(FilePath)
                .Where(line => line.EndsWith('}') && line.Contains("\"file\"")).Distinct().Count());
        }
        Assert.Empty(_notes);
    }

    [Fact]
    public void With_force_a_change_is_told_of_and_remembered_instead()
    {
        New().Check(Groups[0], "h0");
        DataRecord forced = New(force: true);
        forced.Check(Groups[0], "new");
        forced.Check(Groups[0], "new");
        Assert.Equal($"going on although {_index.Files[0]}: row group 0 has changed since this run first read it",
            Assert.Single(_notes));
        New().Check(Groups[0], "new");
        DataRecord later = New();
        Assert.Throws<RowGroupChangedException>(() => later.Check(Groups[0], "h0"));
    }

    [Fact]
    public void While_the_disk_refuses_the_process_still_compares_and_it_writes_later()
    {
        Directory.CreateDirectory(FilePath);
        DataRecord record = New();
        record.Check(Groups[0], "h0");
        record.Check(Groups[1], "h1");
        Refused(record, Groups[0]);
        Assert.Contains(FilePath, Assert.Single(_notes));
        Directory.Delete(FilePath);
        record.Check(Groups[2], "h2");
        DataRecord next = New();
        foreach (RowGroupInfo group in Groups[..3]) Refused(next, group);
        Assert.Single(_notes);
    }

    [Fact]
    public void A_process_that_could_not_read_the_record_yields_to_what_others_wrote_before()
    {
        New().Check(Groups[0], "h0");
        DataRecord late = New(timeout: TimeSpan.Zero);
        using (new FileStream(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            late.Check(Groups[0], "other");
        Assert.Contains("another process has held it", Assert.Single(_notes));
        late.Check(Groups[1], "h1");
        Assert.Throws<RowGroupChangedException>(() => late.Check(Groups[0], "other"));
    }

    [Fact]
    public void The_files_that_changed_are_named_as_far_as_they_are_known()
    {
        Assert.Null(Change(_index));
        New().Check(Groups[0], "h0");
        string[] copies = ChangedShard.Copy(assets, _folder["data"]);
        Assert.Equal("the files are in another order", Change(ShardIndex.Open([copies[1], copies[0]])));
        Assert.Equal("there were 2 files and are now 1", Change(ShardIndex.Open([copies[0]])));
        ChangedShard.ReverseLabels(copies[1]);
        Assert.Equal($"changed: {copies[1]}", Change(ShardIndex.Open(copies)));
        ChangedShard.ReverseLabels(copies[0]);
        Assert.Equal($"changed: {copies[0]}, {copies[1]}", Change(ShardIndex.Open(copies)));
    }

    private string? Change(ShardIndex now) => DataRecord.ChangeSince(_index.Fingerprint, _folder.Path, now);

    private DataRecord New(bool force = false, TimeSpan? timeout = null) =>
        new(_folder.Path, _index, force, _notes.Add, timeout);

    private static RowGroupChangedException Refused(DataRecord record, RowGroupInfo group) =>
        Assert.Throws<RowGroupChangedException>(() => record.Check(group, "another"));
}
