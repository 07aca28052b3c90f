using System.Globalization;
using Parquet.Schema;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Shards;

public sealed class ShardIndexTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_embedded_data_set_has_its_images_classes_and_row_groups()
    {
        ShardIndex index = ShardIndex.Open([EmbeddedData.Path]);
        Assert.Equal((3372, 9, 7), (index.TotalRows, index.ClassNames.Count, index.RowGroups.Count));
        Assert.Equal("Animals & Nature", index.ClassNames[1]);
        Assert.Equal(64, index.Fingerprint.Length);
    }

    [Fact]
    public async Task Ids_run_through_all_files_and_locate_their_rows()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 4, [10, 3, 5]);
        Assert.Equal([4, 4, 2, 3, 4, 1], index.RowGroups.Select(group => group.Rows));
        Assert.Equal([0, 4, 8, 10, 13, 17], index.RowGroups.Select(group => group.FirstSample));
        Assert.Equal(18, index.TotalRows);
        for (long sample = 0; sample < 18; sample++)
        {
            SampleLocation at = index.Locate(sample);
            Assert.Equal(sample, at.Group.FirstSample + at.Row);
            Assert.InRange(at.Row, 0, at.Group.Rows - 1);
        }
        Assert.Equal((2, 1), (index.Locate(17).Group.FileIndex, index.Locate(17).Group.Index));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Locate(18));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Locate(-1));
    }

    [Fact]
    public async Task The_fingerprint_follows_content_and_order_but_not_paths()
    {
        string[] files = [.. (await TestImages.ShardsAsync(_folder, 4, [6, 7])).Files];
        string fingerprint = ShardIndex.Open(files).Fingerprint, moved = _folder.File("moved");
        File.Move(files[0], moved);
        Assert.Equal(fingerprint, ShardIndex.Open([moved, files[1]]).Fingerprint);
        Assert.NotEqual(fingerprint, ShardIndex.Open([files[1], moved]).Fingerprint);
        Assert.NotEqual(fingerprint, ShardIndex.Open([moved]).Fingerprint);
        await ShardWriter.WriteAsync(moved, TestImages.Rows(6, undecodable: 3), ["a", "b", "c", "d"], 4);
        Assert.NotEqual(fingerprint, ShardIndex.Open([moved, files[1]]).Fingerprint);
    }

    [Fact]
    public void A_missing_shard_is_named() =>
        Expect([_folder.File("nowhere.parquet")], "nowhere.parquet", "no such shard");

    [Fact]
    public async Task A_truncated_file_is_named_wherever_it_was_cut()
    {
        byte[] whole = await File.ReadAllBytesAsync(await WriteAsync("whole", TestImages.Rows(6)));
        string cut = _folder.File("cut.parquet");
        foreach (int length in (int[])[0, 3, 11, whole.Length / 2, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(cut, whole[..length]);
            Expect([cut], "cut.parquet", "Parquet file");
        }
    }

    [Fact]
    public async Task A_file_with_a_damaged_footer_or_page_is_named()
    {
        byte[] bytes = await File.ReadAllBytesAsync(await WriteAsync("whole", TestImages.Rows(6)));
        string file = _folder.File("damaged.parquet");
        byte[] footer = [.. bytes];
        footer.AsSpan(footer.Length - 8 - BitConverter.ToInt32(footer, footer.Length - 8), 50).Fill(0xEE);
        await File.WriteAllBytesAsync(file, footer);
        Expect([file], "damaged.parquet");

        byte[] page = [.. bytes];
        page.AsSpan(4, 40).Fill(0xEE);
        await File.WriteAllBytesAsync(file, page);
        StarlingException e = Assert.Throws<StarlingException>(() => ShardIndex.Open([file]).Load(0));
        Assert.Contains("damaged.parquet", e.Message, StringComparison.Ordinal);
        Assert.Contains("row group 0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_column_is_named_beside_the_columns_there_are()
    {
        DataField other = ParquetFiles.Binary("picture", false), label = new DataField<long>("label");
        string file = _folder.File("a.parquet");
        await ParquetFiles.WriteAsync(file, new ParquetSchema(other, label),
            ParquetFiles.Column(other, ParquetFiles.Blobs(1)), ParquetFiles.Column(label, new long[] { 0 }));
        Expect([file], "a.parquet", "'image'", "picture, label");

        DataField image = ParquetFiles.Binary("image", false), width = new DataField<int>("width");
        await ParquetFiles.WriteAsync(file, new ParquetSchema(image, width),
            ParquetFiles.Column(image, ParquetFiles.Blobs(1)), ParquetFiles.Column(width, new int[] { 0 }));
        Expect([file], "a.parquet", "'label'", "image, width");
    }

    [Fact]
    public async Task A_column_of_another_type_is_refused()
    {
        string file = _folder.File("a.parquet");
        DataField image = ParquetFiles.Binary("image", false), real = new DataField<double>("label");
        await ParquetFiles.WriteAsync(file, new ParquetSchema(image, real),
            ParquetFiles.Column(image, ParquetFiles.Blobs(1)), ParquetFiles.Column(real, new double[] { 0 }));
        Expect([file], "a.parquet", "'label' must be int64 or int32");

        DataField number = new DataField<int>("image"), label = new DataField<long>("label");
        await ParquetFiles.WriteAsync(file, new ParquetSchema(number, label),
            ParquetFiles.Column(number, new int[] { 1 }), ParquetFiles.Column(label, new long[] { 0 }));
        Expect([file], "a.parquet", "'image'", "not binary");

        DataField path = new DataField<string>("path");
        await ParquetFiles.WriteAsync(file, new ParquetSchema(new StructField("image", path), label),
            ParquetFiles.Column(path, ["x".AsMemory()], [1]), ParquetFiles.Column(label, new long[] { 0 }));
        Expect([file], "a.parquet", "'bytes'", "path");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(1L << 40)]
    public async Task A_label_outside_the_classes_is_named_with_its_row(long wrong)
    {
        ShardRow[] rows = [.. TestImages.Rows(7)];
        rows[6] = rows[6] with { Label = wrong };
        string value = wrong.ToString(CultureInfo.InvariantCulture);
        Expect([await WriteAsync("bad.parquet", rows)], "bad.parquet", "row group 2", "row 0", value, "4 classes");
    }

    [Fact]
    public async Task A_null_label_is_named_with_its_row()
    {
        string file = _folder.File("null.parquet");
        DataField image = ParquetFiles.Binary("image", false), label = new DataField<long>("label", true);
        await ParquetFiles.WriteAsync(file, new ParquetSchema(image, label),
            ParquetFiles.Column(image, ParquetFiles.Blobs(1, 2)), ParquetFiles.Column(label, new long[] { 0 }, [1, 0]));
        Expect([file], "null.parquet", "row 1", "label null");
    }

    [Fact]
    public async Task The_number_of_classes_comes_from_names_else_from_the_caller_else_from_the_labels()
    {
        string named = await WriteAsync("named", TestImages.Rows(6)), unnamed = _folder.File("unnamed");
        await ShardWriter.WriteAsync(unnamed, TestImages.Rows(6, 3), null, 4);
        Assert.Equal(["0", "1", "2"], ShardIndex.Open([unnamed]).ClassNames);
        Assert.Equal(10, ShardIndex.Open([unnamed], 10).ClassNames.Count);
        Assert.Equal(4, ShardIndex.Open([named], 1000).ClassNames.Count);
        Assert.Throws<StarlingException>(() => ShardIndex.Open([unnamed], 2));
        Expect([named], 3, "named", "4 classes", "says 3");
        Expect([named, unnamed], "unnamed", "class names differ");
    }

    [Fact]
    public async Task A_folder_stands_for_its_shards_in_order_of_names()
    {
        await TestImages.ShardsAsync(_folder, 4, [3, 3]);
        Assert.Equal(["first", _folder.File("shard-0.parquet"), _folder.File("shard-1.parquet")],
            ShardFiles.Expand(["first", _folder.Path]));
        string empty = Directory.CreateDirectory(_folder.File("empty")).FullName;
        Assert.Throws<StarlingException>(() => ShardFiles.Expand([empty]));
        Assert.Throws<StarlingException>(() => ShardIndex.Open([]));
    }

    private static void Expect(string[] files, params string[] parts) => Expect(files, null, parts);

    private static void Expect(string[] files, int? classes, params string[] parts)
    {
        StarlingException e = Assert.Throws<StarlingException>(() => ShardIndex.Open(files, classes));
        Assert.DoesNotContain('\n', e.Message);
        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    private async Task<string> WriteAsync(string name, IEnumerable<ShardRow> rows)
    {
        await ShardWriter.WriteAsync(_folder.File(name), rows, ["a", "b", "c", "d"], 3);
        return _folder.File(name);
    }
}
