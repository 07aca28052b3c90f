using System.Threading.Channels;
using Starling.Actors.Shares;
using Starling.Actors.Training;
using Starling.Data.Batches;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// The batches of one trainer, made when they are read. The batch of step <paramref name="end"/> never comes: a reader
/// waits for it until the wait is cancelled.
/// </summary>
internal sealed class EndlessBatches(BatchFactory batches, IReadOnlyList<int> replicas, long first, long end)
    : ChannelReader<StepBatch>
{
    private long _next = first;

    public override int Count => 0;

    public override bool TryRead(out StepBatch item)
    {
        item = null!;
        if (_next >= end) return false;
        item = new StepBatch(_next, [.. replicas.Select(r => new PixelShare(batches.Create(_next, r)))]);
        _next++;
        return true;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => _next < end
        ? new ValueTask<bool>(true)
        : new ValueTask<bool>(new TaskCompletionSource<bool>().Task.WaitAsync(cancellationToken));
}
