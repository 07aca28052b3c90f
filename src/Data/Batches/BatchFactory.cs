using Starling.Data.Images;
using Starling.Data.Ordering;
using Starling.Data.Shards;

namespace Starling.Data.Batches;

/// <summary>
/// Makes batches. A batch is a pure function of (shards, options, step, replica): it depends neither on the order of
/// the calls nor on the number of threads. An image that cannot be decoded is replaced by the next one in the epoch's
/// order that can be decoded. Thread-safe.
/// </summary>
public sealed class BatchFactory
{
    private readonly BatchOptions _options;
    private readonly IImageDecoder _decoder;
    private readonly ViewMaker _views;

    /// <summary>Prepares the order of the samples; reads no images.</summary>
    /// <param name="index">The shards.</param>
    /// <param name="options">What batches hold.</param>
    /// <param name="decoder">Null: <see cref="ImageDecoder.Default"/>.</param>
    /// <param name="open">Opens a shard for reading; null for the file itself. Tests give one that fails.</param>
    /// <exception cref="StarlingException">
    /// An option is out of range, the global batch is larger than the training split, or the cache is too small.
    /// </exception>
    public BatchFactory(ShardIndex index, BatchOptions options, IImageDecoder? decoder = null,
        Func<string, Stream>? open = null)
    {
        options.Validate();
        RequireRoom(index, options);
        (_options, _decoder, _views) = (options, decoder ?? ImageDecoder.Default, new ViewMaker(options));
        SampleSplit split = new(index, Split.Train, options.HoldOut);
        Order = new StepOrder(split, options.Seed, options.GlobalBatch, options.WindowRowGroups);
        Cache = new RowGroupCache(index, options.CacheBytes, open);
        Bad = new BadImageLedger(split.Total, options.MaxBadShare);
    }

    /// <summary>Which samples make up which step.</summary>
    public StepOrder Order { get; }

    /// <summary>The row groups in memory.</summary>
    public RowGroupCache Cache { get; }

    /// <summary>The images that could not be decoded so far.</summary>
    public BadImageLedger Bad { get; }

    /// <summary>L, logical replicas.</summary>
    public int Replicas => _options.Replicas;

    /// <summary>Makes one replica's share of a step. Reads and decodes on the calling thread.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="replica">0..L-1: the share [r*B/L, (r+1)*B/L) of the step's samples.</param>
    /// <exception cref="StarlingException">A shard is damaged, or too many images are undecodable.</exception>
    /// <exception cref="IOException">The disk cannot be read at the moment.</exception>
    public ReplicaBatch Create(long step, int replica)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(replica);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(replica, _options.Replicas);
        Bad.ThrowIfTooMany();
        EpochOrder order = Order.Epoch(Order.EpochOf(step));
        int images = _options.GlobalBatch / _options.Replicas;
        int length = checked(_options.Views * 3 * _options.ImageSize * _options.ImageSize);
        long first = Order.FirstPosition(step) + ((long)replica * images);

        long[] samples = new long[images];
        int[] labels = new int[images];
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(images * length));
        List<BadImage> bad = [];
        for (int i = 0; i < images; i++)
            (samples[i], labels[i]) = WriteSample(order, first + i, pixels.AsMemory(i * length, length), bad);
        return new ReplicaBatch
        {
            Step = step,
            Epoch = order.Epoch,
            Replica = replica,
            SampleIds = samples,
            Labels = labels,
            Pixels = pixels,
            Views = _options.Views,
            Size = _options.ImageSize,
            Bad = bad,
        };
    }

    /// <summary>
    /// Writes the views of the first usable image from a position on, and lists those that were passed over.
    /// </summary>
    private (long Sample, int Label) WriteSample(
        EpochOrder order, long position, Memory<byte> views, List<BadImage> bad)
    {
        for (long tried = 0; tried < order.Total; tried++)
        {
            long sample = order.SampleAt((position + tried) % order.Total);
            SampleLocation at = Cache.Index.Locate(sample);
            if (Bad.Find(sample) is { } known)
            {
                bad.Add(known);
                continue;
            }
            RowGroupData group = Cache.Get(at.Group.Id);
            BadImage? failed = ImageSource.TryDecode(
                group, at.Row, _decoder, image => _views.Make(image, order.Epoch, sample, views.Span));
            if (failed is null) return (sample, group.Label(at.Row));
            bad.Add(failed);
            Bad.Report(failed);
        }
        throw new StarlingException($"none of the {order.Total} images of the training split can be decoded");
    }

    // If a window did not fit into the cache, row groups would be read from disk again for almost every sample.
    private static void RequireRoom(ShardIndex index, BatchOptions options)
    {
        long needed = index.RowGroups.Select(group => group.Bytes).OrderDescending()
            .Take(options.WindowRowGroups).Sum();
        if (needed > options.CacheBytes)
            throw new StarlingException($"data.cacheBytes is {options.CacheBytes}, but {options.WindowRowGroups} row "
                + $"groups (data.windowRowGroups) take up to {needed}: raise the one or lower the other");
    }
}
