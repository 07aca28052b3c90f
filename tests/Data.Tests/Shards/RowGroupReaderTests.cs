using Parquet.Schema;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Shards;

/// <summary>
/// Reads the two columns in all layouts of other writers. Images must keep their labels.
/// </summary>
public sealed class RowGroupReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Null_structs_null_bytes_and_empty_bytes_keep_later_rows_aligned()
    {
        DataField bytes = ParquetFiles.Binary("bytes", true), label = new DataField<long>("label");
        await ParquetFiles.WriteAsync(_folder.File("a"), new ParquetSchema(new StructField("image", bytes), label),
            ParquetFiles.Column(bytes, [.. ParquetFiles.Blobs(1, 4), ReadOnlyMemory<byte>.Empty], [2, 1, 0, 2, 2]),
            ParquetFiles.Column(label, new long[] { 10, 11, 12, 13, 14 }));
        Assert.Equal(["010101:10", ":11", ":12", "040404:13", ":14"], Read("a", 20));
    }

    [Fact]
    public async Task A_required_leaf_in_an_optional_struct_is_read()
    {
        DataField bytes = ParquetFiles.Binary("bytes", false), label = new DataField<int>("label", true);
        await ParquetFiles.WriteAsync(_folder.File("a"), new ParquetSchema(new StructField("image", bytes), label),
            ParquetFiles.Column(bytes, ParquetFiles.Blobs(1, 3), [1, 0, 1]),
            ParquetFiles.Column(label, new int[] { 0, 1, 2 }, [1, 1, 1]));
        Assert.Equal(["010101:0", ":1", "030303:2"], Read("a", 3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plain_binary_column_is_read(bool nullable)
    {
        DataField image = ParquetFiles.Binary("image", nullable), label = new DataField<int>("label");
        await ParquetFiles.WriteAsync(_folder.File("a"), new ParquetSchema(image, label),
            ParquetFiles.Column(image, ParquetFiles.Blobs(1, 2, 3), nullable ? [1, 1, 1] : null),
            ParquetFiles.Column(label, new int[] { 2, 1, 0 }));
        Assert.Equal(["010101:2", "020202:1", "030303:0"], Read("a", null));
    }

    /// <summary>
    /// fixtures/arrow.parquet was written by Arrow C++ 25 with Snappy. All columns are optional. There are two row
    /// groups with several data pages in a chunk. The dictionary fills up, so that dictionary pages are followed by
    /// plain ones.
    /// </summary>
    [Fact]
    public void A_file_of_Arrow_with_several_pages_and_a_mixed_dictionary_is_read()
    {
        ShardIndex index = ShardIndex.Open(
            [Path.Combine(AppContext.BaseDirectory, "Shards", "fixtures", "arrow.parquet")]);
        Assert.Equal([40, 20], index.RowGroups.Select(group => group.Rows));
        Assert.Equal(["a", "b", "c"], index.ClassNames);
        for (int row = 0; row < 60; row++)
        {
            SampleLocation at = index.Locate(row);
            RowGroupData group = index.Load(at.Group.Id);
            byte[] expected = row is 5 or 9 or 12 ? [] : row % 3 == 0 ? [7, 7, 7, 7]
                : [.. Enumerable.Range(0, (row % 7) + 1).Select(i => (byte)((row * 5) + i))];
            Assert.Equal(expected, group.Image(at.Row).ToArray());
            Assert.Equal(row % 3, group.Label(at.Row));
        }
    }

    [Fact]
    public async Task Row_groups_load_on_many_threads_at_once()
    {
        ShardIndex index = ShardIndex.Open([EmbeddedData.Path]);
        string[] Load() => [.. index.RowGroups.Select(group => Hash(index.Load(group.Id)))];
        string[] alone = Load();
        string[][] together = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(Load)));
        Assert.All(together, hashes => Assert.Equal(alone, hashes));
    }

    [Fact]
    public async Task What_the_writer_wrote_comes_back_and_the_same_rows_give_the_same_file()
    {
        ShardRow[] rows = [new([1, 2], 1, "x.png"), new(null, 0), new([], 2, "y.png"), new([3], 1)];
        await ShardWriter.WriteAsync(_folder.File("a"), rows, ["p", "q", "r"], 3);
        await ShardWriter.WriteAsync(_folder.File("b"), rows, ["p", "q", "r"], 3);
        Assert.Equal(["0102:1", ":0", ":2", "03:1"], Read("a", null));
        Assert.Equal(["p", "q", "r"], ShardIndex.Open([_folder.File("a")]).ClassNames);
        Assert.Equal(await File.ReadAllBytesAsync(_folder.File("a")), await File.ReadAllBytesAsync(_folder.File("b")));
    }

    /// <summary>What the disk refuses says nothing about the file, so it must not be called damaged.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task An_error_of_the_disk_comes_through_as_it_is_whenever_it_happens(int reads)
    {
        ShardIndex index = await TwoGroupsAsync();
        IOException refused = new("Input/output error");
        Assert.Same(refused, Assert.Throws<IOException>(
            () => index.Load(1, file => new FailingStream(File.OpenRead(file), reads, refused))));
        Assert.Same(refused, Assert.Throws<IOException>(() => index.Load(1, _ => throw refused)));
        Assert.Equal(3, index.Load(1).Info.Rows);
    }

    [Fact]
    public async Task A_file_that_is_gone_or_a_memory_that_is_full_is_not_damage_either()
    {
        ShardIndex index = await TwoGroupsAsync();
        Assert.Throws<InsufficientMemoryException>(
            () => index.Load(0, file => new FailingStream(File.OpenRead(file), 1, new InsufficientMemoryException())));
        File.Delete(_folder.File("two"));
        Assert.Throws<FileNotFoundException>(() => index.Load(0));
    }

    [Fact]
    public async Task A_row_group_that_is_cut_off_is_damaged_and_named()
    {
        ShardIndex index = await TwoGroupsAsync();
        byte[] bytes = await File.ReadAllBytesAsync(_folder.File("two"));
        int footer = bytes.Length - 8 - BitConverter.ToInt32(bytes, bytes.Length - 8);
        bytes.AsSpan((footer / 2) + 16, footer - (footer / 2) - 16).Clear(); // the pages of the second group
        await File.WriteAllBytesAsync(_folder.File("two"), bytes);
        Assert.Equal(3, index.Load(0).Info.Rows);
        StarlingException damage = Assert.Throws<StarlingException>(() => index.Load(1));
        Assert.Contains($"{_folder.File("two")}: row group 1 is damaged", damage.Message, StringComparison.Ordinal);
        Assert.Equal(FaultScope.Request, damage.Scope);

        // The file itself ends too early: a read past its end is no error of the disk.
        Assert.Equal(FaultScope.Request, Assert.Throws<StarlingException>(
            () => index.Load(1, _ => new MemoryStream(bytes[..^40]))).Scope);
    }

    /// <summary>Two row groups of three rows, as large as each other.</summary>
    private async Task<ShardIndex> TwoGroupsAsync()
    {
        byte[] Image(int row) => [.. Enumerable.Repeat((byte)row, 500)];
        await ShardWriter.WriteAsync(
            _folder.File("two"), Enumerable.Range(0, 6).Select(row => new ShardRow(Image(row), row % 2)), null, 3);
        return ShardIndex.Open([_folder.File("two")]);
    }

    private string[] Read(string name, int? classes)
    {
        ShardIndex index = ShardIndex.Open([_folder.File(name)], classes);
        return [.. index.RowGroups.Select(group => index.Load(group.Id)).SelectMany(group => Enumerable
            .Range(0, group.Info.Rows)
            .Select(row => $"{Convert.ToHexString(group.Image(row).Span)}:{group.Label(row)}"))];
    }

    private static string Hash(RowGroupData group) => string.Join('|', Enumerable.Range(0, group.Info.Rows).Select(
        row => $"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(group.Image(row).Span))}"));

    /// <summary>A file whose later reads fail.</summary>
    private sealed class FailingStream(Stream file, int reads, Exception failure) : MemoryStream(Bytes(file))
    {
        private int _reads;

        public override int Read(Span<byte> buffer) => _reads++ < reads ? base.Read(buffer) : throw failure;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Task.Run(() => Read(buffer.Span), cancellationToken));

        private static byte[] Bytes(Stream file)
        {
            using MemoryStream all = new();
            using (file) file.CopyTo(all);
            return all.ToArray();
        }
    }
}
