namespace Starling.Data.Batches;

/// <summary>
/// What a pipeline is doing, as totals since its start and a few present values. Read at any time from any thread.
/// </summary>
public sealed class PipelineStatistics
{
    private readonly TimeProvider _time;
    private readonly Func<int> _depth;
    private long _busy, _idle, _blocked, _batches, _images, _requests;

    internal PipelineStatistics(TimeProvider time, int workers, int capacity, Func<int> depth) =>
        (_time, Workers, QueueCapacity, _depth) = (time, workers, capacity, depth);

    /// <summary>Decode threads.</summary>
    public int Workers { get; }

    /// <summary>Finished batches that wait to be taken.</summary>
    public int QueueDepth => _depth();

    /// <summary>Most finished batches that may wait.</summary>
    public int QueueCapacity { get; }

    /// <summary>Batches asked for.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Batches made.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Images in them (views not counted).</summary>
    public long Images => Interlocked.Read(ref _images);

    /// <summary>Seconds that decode threads worked, over all of them.</summary>
    public double BusySeconds => Seconds(ref _busy);

    /// <summary>Seconds that decode threads waited for a request, over all of them.</summary>
    public double IdleSeconds => Seconds(ref _idle);

    /// <summary>
    /// Seconds that a finished batch waited because the queue was full: the consumer is the slower side.
    /// </summary>
    public double BlockedSeconds => Seconds(ref _blocked);

    internal long Now() => _time.GetTimestamp();

    internal void Requested() => Interlocked.Increment(ref _requests);

    internal void Idled(long since) => Interlocked.Add(ref _idle, Now() - since);

    internal void Blocked(long since) => Interlocked.Add(ref _blocked, Now() - since);

    internal void Made(ReplicaBatch batch, long since)
    {
        Interlocked.Add(ref _busy, Now() - since);
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _images, batch.Images);
    }

    private double Seconds(ref long ticks) => Interlocked.Read(ref ticks) / (double)_time.TimestampFrequency;
}
