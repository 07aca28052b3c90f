using System.Collections.Concurrent;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Shards;

/// <summary>What the fingerprint, and the check of each row group that is read, notice of a change.</summary>
public sealed class DataChangeTests : IDisposable
{
    private const int RowsPerGroup = 4;
    private static readonly string[] Classes = ["a", "b", "c", "d"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_fingerprint_of_version_0_1_is_still_known() => Assert.Equal(
        "5ee35c2a395453bd23bd9c4aebc7cf18cec52bb5e91b098ee9db267e4184b202",
        ShardIndex.Open([EmbeddedData.Path]).EarlierFingerprint);

    [Fact]
    public async Task Other_labels_are_another_fingerprint_even_if_the_footer_is_the_same()
    {
        string[] files = [.. (await TestImages.ShardsAsync(_folder, RowsPerGroup, [9, 9])).Files];
        ShardIndex before = ShardIndex.Open(files);
        await SwapTwoLabelsAsync(files[1], 9);
        ShardIndex after = ShardIndex.Open(files);
        Assert.Equal(before.EarlierFingerprint, after.EarlierFingerprint); // else the test shows nothing
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        Assert.Equal(before.FileFingerprints[0], after.FileFingerprints[0]);
        Assert.NotEqual(before.FileFingerprints[1], after.FileFingerprints[1]);
    }

    [Fact]
    public async Task Labels_that_change_while_a_process_has_the_file_open_are_refused_when_they_are_read()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, RowsPerGroup, [9, 9]);
        await SwapTwoLabelsAsync(index.Files[1], 9);
        Assert.Equal(RowsPerGroup, index.Load(4).Info.Rows);
        RowGroupChangedException e = Assert.Throws<RowGroupChangedException>(() => index.Load(3));
        Assert.Equal((index.Files[1], 0), (e.File, e.RowGroup));
        Assert.Contains("shard-1.parquet: row group 0 has other labels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_read_of_a_row_group_is_checked_by_the_bytes_of_its_images_before_anybody_gets_them()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, RowsPerGroup, [9, 9]);
        List<(int File, int RowGroup, string Hash)> seen = [];
        ShardIndex seeing = index.CheckedBy((group, hash) => seen.Add((group.FileIndex, group.Index, hash)));
        Assert.Equal(index.Fingerprint, seeing.Fingerprint);
        foreach (RowGroupInfo group in index.RowGroups) seeing.Load(group.Id);
        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)], seen.Select(s => (s.File, s.RowGroup)));
        Assert.Equal(6, seen.Select(s => s.Hash).Distinct().Count());

        ChangeAnImage(index.Files[1], TestImages.Png(12, 10, 1000 + 5));
        Assert.Equal(index.Fingerprint, ShardIndex.Open(index.Files).Fingerprint);
        foreach (RowGroupInfo group in index.RowGroups) seeing.Load(group.Id);
        Assert.Equal([4], Enumerable.Range(0, 6).Where(i => seen[i].Hash != seen[6 + i].Hash));

        ShardIndex refusing = index.CheckedBy((_, _) => throw new InvalidOperationException("refused"));
        Assert.Throws<InvalidOperationException>(() => refusing.Load(0));
    }

    [Fact]
    public async Task Bytes_that_move_from_one_image_to_the_next_are_another_hash()
    {
        byte[] all = [1, 2, 3, 4];
        List<string> hashes = [];
        foreach (int cut in (int[])[1, 2, 4])
        {
            string file = _folder.File($"cut-{cut}");
            await ShardWriter.WriteAsync(file, [new ShardRow(all[..cut], 0), new ShardRow(all[cut..], 0)], ["a"], 2);
            ShardIndex.Open([file]).CheckedBy((_, hash) => hashes.Add(hash)).Load(0);
        }
        Assert.Equal(3, hashes.Distinct().Count());
    }

    [Fact]
    public async Task Progress_counts_the_files()
    {
        string[] files = [.. (await TestImages.ShardsAsync(_folder, RowsPerGroup, [3, 3, 3])).Files];
        Reports reports = new();
        await ShardIndex.OpenAsync(files, progress: reports, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], reports.All.Order());
    }

    /// <summary>
    /// Writes a shard of <see cref="TestImages.ShardsAsync"/> again, with two labels of the first row group in each
    /// other's place.
    /// </summary>
    private static Task SwapTwoLabelsAsync(string file, int rows)
    {
        ShardRow[] swapped = [.. TestImages.Rows(rows, 4, 1000)];
        (swapped[1], swapped[2]) = (swapped[1] with { Label = 2 }, swapped[2] with { Label = 1 });
        return ShardWriter.WriteAsync(file, swapped, Classes, RowsPerGroup);
    }

    private static void ChangeAnImage(string file, byte[] image)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int at = bytes.AsSpan().IndexOf(image);
        Assert.True(at > 0);
        bytes[at + (image.Length / 2)] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private sealed class Reports : IProgress<(int Opened, int Files)>
    {
        public ConcurrentBag<(int, int)> All { get; } = [];

        public void Report((int Opened, int Files) value) => All.Add(value);
    }
}
