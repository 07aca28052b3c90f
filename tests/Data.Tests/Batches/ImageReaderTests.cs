using Starling.Data.Batches;
using Starling.Data.Images;
using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Batches;

public sealed class ImageReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_sample_comes_once_in_order_of_ids_as_its_centre_crop()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 4, [10, 7]);
        DecodedImage[] images = [.. new ImageReader(new SampleSplit(index, Split.All, 0), 8).ReadAll()];
        Assert.Equal(Enumerable.Range(0, 17).Select(id => (long)id), images.Select(image => image.SampleId));
        Assert.Equal([0, 1, 2, 3, 0], images.Take(5).Select(image => image.Label));
        foreach (DecodedImage image in images)
        {
            SampleLocation at = index.Locate(image.SampleId);
            RgbImage whole = ImageDecoder.Default.Decode(index.Load(at.Group.Id).Image(at.Row).Span);
            Assert.Equal(Crops.Center(whole, 8).Pixels, RgbImage.FromPlanes(image.Pixels, 8, 8).Pixels);
        }
    }

    [Fact]
    public async Task The_validation_split_holds_what_training_leaves_out()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 4, [60]);
        long[] Ids(Split part) =>
            [.. new ImageReader(new SampleSplit(index, part, 0.25), 8).ReadAll().Select(image => image.SampleId)];
        Assert.Equal(Ids(Split.All), Ids(Split.Train).Concat(Ids(Split.Validation)).Order());
        Assert.NotEmpty(Ids(Split.Validation));
    }

    [Fact]
    public async Task A_limit_takes_samples_of_the_split_evenly()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 4, [40, 20]);
        SampleSplit train = new(index, Split.Train, 0.25);
        long[] all = [.. new ImageReader(train, 8).ReadAll().Select(image => image.SampleId)];
        long[] some = [.. new ImageReader(train, 8, most: 6).ReadAll().Select(image => image.SampleId)];
        Assert.Equal(EvenChoice.Of(train.Total, 6).Select(position => all[position]), some);
        Assert.Equal(all, new ImageReader(train, 8, most: 1000).ReadAll().Select(image => image.SampleId));
    }

    [Fact]
    public async Task Undecodable_images_and_rows_without_bytes_are_left_out_and_listed()
    {
        string file = _folder.File("a.parquet");
        ShardRow[] rows = [.. TestImages.Rows(6, undecodable: 2)];
        rows[4] = rows[4] with { Image = null };
        await ShardWriter.WriteAsync(file, rows, null, 4);
        ImageReader reader = new(new SampleSplit(ShardIndex.Open([file]), Split.All, 0), 8);
        for (int pass = 0; pass < 2; pass++)
        {
            Assert.Equal([0, 1, 3, 5], reader.ReadAll().Select(image => image.SampleId));
            Assert.Equal([(2L, 0, 2), (4L, 1, 0)], reader.Bad.Select(bad => (bad.SampleId, bad.RowGroup, bad.Row)));
            Assert.Contains("no image bytes", reader.Bad[1].Reason, StringComparison.Ordinal);
        }
    }
}
