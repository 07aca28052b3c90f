using Starling.Data.Batches;
using Starling.Data.Images;
using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Batches;

public sealed class BatchFactoryTests : IDisposable
{
    private static readonly BatchOptions Options =
        new() { ImageSize = 8, Views = 2, GlobalBatch = 16, Replicas = 4, Seed = 3, WindowRowGroups = 3 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_batch_depends_on_step_and_replica_alone_not_on_what_was_made_before()
    {
        ShardIndex index = await ShardsAsync();
        BatchFactory one = new(index, Options), other = new(index, Options);
        string forward = Hashes.Of(Enumerable.Range(0, 12).Select(step => one.Create(step, step % 4)));
        ReplicaBatch[] backward = [.. Enumerable.Range(0, 12).Reverse().Select(step => other.Create(step, step % 4))];
        Assert.Equal(forward, Hashes.Of(backward.Reverse()));
        Assert.NotEqual(forward,
            Hashes.Of(Enumerable.Range(0, 12).Select(step => new BatchFactory(index, Options with { Seed = 4 })
                .Create(step, step % 4))));
    }

    [Fact]
    public async Task The_replicas_together_make_the_same_global_batch_however_many_they_are()
    {
        ShardIndex index = await ShardsAsync();
        string[] hashes = [.. ((int[])[1, 2, 8, 16]).Select(replicas =>
        {
            BatchFactory factory = new(index, Options with { Replicas = replicas });
            ReplicaBatch[] shares = [.. Enumerable.Range(0, replicas).Select(replica => factory.Create(5, replica))];
            return Hashes.Of([Joined(shares)]);
        })];
        Assert.All(hashes, hash => Assert.Equal(hashes[0], hash));
    }

    [Fact]
    public async Task An_epoch_shows_each_sample_once_with_its_own_label_and_the_next_epoch_does_so_again()
    {
        ShardIndex index = await ShardsAsync();
        BatchFactory factory = new(index, Options);
        Assert.Equal(5, factory.Order.StepsPerEpoch);
        Assert.Equal(10, index.TotalRows - (factory.Order.StepsPerEpoch * factory.Order.GlobalBatch));
        foreach (int epoch in (int[])[0, 1])
        {
            ReplicaBatch[] batches = [.. Enumerable.Range(epoch * 5, 5)
                .SelectMany(step => Enumerable.Range(0, 4).Select(replica => factory.Create(step, replica)))];
            Assert.All(batches, batch => Assert.Equal((epoch, 4), (batch.Epoch, batch.Images)));
            long[] samples = [.. batches.SelectMany(batch => batch.SampleIds)];
            Assert.Equal(80, samples.Distinct().Count());
            // Labels repeat 0..3 in each shard; the second shard begins at sample 50.
            Assert.Equal(samples.Select(sample => (int)((sample < 50 ? sample : sample - 50) % 4)),
                batches.SelectMany(batch => batch.Labels));
        }
    }

    [Fact]
    public async Task The_two_views_of_a_ten_crop_are_distinct_crops_of_one_centre_crop()
    {
        ShardIndex index = await ShardsAsync();
        BatchOptions options = Options with { CropRanges = [1.25, 1.5] };
        BatchFactory factory = new(index, options);
        HashSet<int> ranges = [], chosen = [];
        foreach (ReplicaBatch batch in Enumerable.Range(0, 5).Select(step => factory.Create(step, 1)))
            for (int i = 0; i < batch.Images; i++)
            {
                RgbImage image = Decode(index, batch.SampleIds[i]);
                int[] crops = [.. Enumerable.Range(0, 20).Where(crop => Same(batch, i, 0, image, crop))];
                int[] others = [.. Enumerable.Range(0, 20).Where(crop => Same(batch, i, 1, image, crop))];
                (int first, int second) = (Assert.Single(crops), Assert.Single(others));
                Assert.NotEqual(first, second);
                Assert.Equal(first / 10, second / 10);
                ranges.Add(first / 10);
                chosen.UnionWith([first % 10, second % 10]);
            }
        Assert.Equal(2, ranges.Count);
        Assert.InRange(chosen.Count, 8, 10);

        bool Same(ReplicaBatch batch, int i, int view, RgbImage image, int crop) => Crops
            .TenCrop(Crops.Center(image, crop < 10 ? 10 : 12), 8, crop % 10).Pixels
            .SequenceEqual(RgbImage.FromPlanes(batch.View(i, view), 8, 8).Pixels);
    }

    [Fact]
    public async Task Without_augmentation_views_are_the_centre_crop_or_its_mirror_image()
    {
        ShardIndex index = await ShardsAsync();
        BatchOptions plain = Options with { Augmentation = Augmentation.None, Flip = false };
        ReplicaBatch batch = new BatchFactory(index, plain).Create(2, 3);
        ReplicaBatch flipped = new BatchFactory(index, plain with { Flip = true }).Create(2, 3);
        int mirrored = 0;
        for (int i = 0; i < batch.Images; i++)
            for (int view = 0; view < 2; view++)
            {
                RgbImage centre = Crops.Center(Decode(index, batch.SampleIds[i]), 8);
                Assert.Equal(centre.Pixels, RgbImage.FromPlanes(batch.View(i, view), 8, 8).Pixels);
                byte[] maybe = RgbImage.FromPlanes(flipped.View(i, view), 8, 8).Pixels;
                if (maybe.SequenceEqual(Crops.Flip(centre).Pixels)) mirrored++;
                else Assert.Equal(centre.Pixels, maybe);
            }
        Assert.InRange(mirrored, 1, 7);
    }

    [Fact]
    public async Task Random_resized_crops_differ_between_views_and_epochs()
    {
        BatchFactory factory = new(await ShardsAsync(), Options with { Augmentation = Augmentation.RandomResizedCrop });
        ReplicaBatch batch = factory.Create(0, 0);
        Assert.False(batch.View(0, 0).SequenceEqual(batch.View(0, 1)));
        ReplicaBatch again = Enumerable.Range(5, 5)
            .SelectMany(step => Enumerable.Range(0, 4).Select(replica => factory.Create(step, replica)))
            .First(other => other.SampleIds.Contains(batch.SampleIds[0]));
        int place = Array.IndexOf(again.SampleIds, batch.SampleIds[0]);
        Assert.False(batch.View(0, 0).SequenceEqual(again.View(place, 0)));
    }

    [Fact]
    public async Task An_undecodable_image_gives_its_place_to_the_next_that_decodes()
    {
        int[] broken = [.. Enumerable.Range(0, 20)];
        ShardIndex index = await TestImages.ShardsAsync(_folder, 5, [50, 40], broken);
        BatchOptions options = Options with { MaxBadShare = 1 };
        BatchFactory factory = new(index, options), later = new(index, options);
        EpochOrder order = factory.Order.Epoch(0);
        HashSet<long> reported = [];
        ReplicaBatch[] all = [.. Enumerable.Range(0, 20).Select(i => factory.Create(i / 4, i % 4))];
        foreach (ReplicaBatch batch in all)
        {
            List<long> bad = [];
            for (int i = 0; i < 4; i++)
            {
                long position = (batch.Step * 16) + (batch.Replica * 4) + i;
                while (order.SampleAt(position % 90) < 20) bad.Add(order.SampleAt(position++ % 90));
                Assert.Equal(order.SampleAt(position % 90), batch.SampleIds[i]);
            }
            Assert.Equal(bad, batch.Bad.Select(image => image.SampleId));
            reported.UnionWith(bad);
        }
        Assert.Equal(reported.Count, factory.Bad.Count);
        BadImage first = all.SelectMany(batch => batch.Bad).First();
        Assert.Equal((index.Files[0], (int)first.SampleId / 5, (int)first.SampleId % 5),
            (first.File, first.RowGroup, first.Row));
        Assert.NotEmpty(first.Reason);
        // Earlier reports of bad images change nothing, so a resumed run makes the same batches.
        Assert.Equal(Hashes.Of(all), Hashes.Of(all.Reverse().Select(b => later.Create(b.Step, b.Replica)).Reverse()));
    }

    [Fact]
    public async Task The_run_ends_when_more_than_the_share_is_undecodable()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 5, [50, 40], [.. Enumerable.Range(0, 10)]);
        BatchFactory strict = new(index, Options with { MaxBadShare = 0.05 });
        StarlingException e = Assert.Throws<StarlingException>(() =>
        {
            for (int i = 0; i < 80; i++) strict.Create(i / 4, i % 4);
        });
        Assert.Contains("5 of 90", e.Message, StringComparison.Ordinal);
        Assert.Contains("shard-0.parquet", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_set_without_one_good_image_ends_the_run()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 5, [20], [.. Enumerable.Range(0, 20)]);
        BatchFactory factory = new(index, Options with { MaxBadShare = 1 });
        Assert.Throws<StarlingException>(() => factory.Create(0, 0));
    }

    [Fact]
    public async Task Starting_in_the_middle_of_an_epoch_loads_one_window()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 5, [500]);
        BatchFactory factory = new(index, Options);
        factory.Create(20, 0);
        // A batch lies in one window of three row groups, or across two.
        Assert.InRange(factory.Cache.Loads, 1, 6);
    }

    [Fact]
    public async Task A_cache_too_small_for_a_window_is_refused()
    {
        ShardIndex index = await ShardsAsync();
        StarlingException e = Assert.Throws<StarlingException>(
            () => new BatchFactory(index, Options with { CacheBytes = 1000 }));
        Assert.Contains("data.cacheBytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Held_out_samples_are_in_no_batch()
    {
        ShardIndex index = await ShardsAsync();
        SampleSplit held = new(index, Split.Validation, 0.2);
        BatchFactory factory = new(index, Options with { HoldOut = 0.2 });
        for (int step = 0; step < 8; step++)
            Assert.DoesNotContain(factory.Create(step, 0).SampleIds, held.Contains);
    }

    private static ReplicaBatch Joined(ReplicaBatch[] shares) => new()
    {
        Step = shares[0].Step,
        Epoch = shares[0].Epoch,
        Replica = 0,
        SampleIds = [.. shares.SelectMany(share => share.SampleIds)],
        Labels = [.. shares.SelectMany(share => share.Labels)],
        Pixels = [.. shares.SelectMany(share => share.Pixels)],
        Views = shares[0].Views,
        Size = shares[0].Size,
        Bad = [],
    };

    private static RgbImage Decode(ShardIndex index, long sample)
    {
        SampleLocation at = index.Locate(sample);
        return ImageDecoder.Default.Decode(index.Load(at.Group.Id).Image(at.Row).Span);
    }

    private Task<ShardIndex> ShardsAsync() => TestImages.ShardsAsync(_folder, 5, [50, 40]);
}
