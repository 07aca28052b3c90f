using System.Runtime.CompilerServices;
using Starling.Actors.Shares;
using Starling.Data.Batches;

namespace Starling.Actors.Loading;

/// <summary>Makes shares of pixels, as a pipeline decodes them.</summary>
/// <param name="pipeline">Decodes the images; disposed with the source.</param>
public sealed class PixelSource(ReplicaBatchPipeline pipeline) : IShareSource
{
    /// <inheritdoc/>
    public bool Travels => false;

    /// <inheritdoc/>
    public int QueueDepth => pipeline.QueueDepth;

    /// <inheritdoc/>
    public int QueueCapacity => pipeline.QueueCapacity;

    /// <inheritdoc/>
    public bool TryRequest(long step, int replica) => pipeline.TryRequest(step, replica);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ShareResult> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (BatchResult made in pipeline.Results.ReadAllAsync(cancellation))
            yield return new ShareResult(
                made.Step, made.Replica, made.Batch is { } batch ? new PixelShare(batch) : null, made.Failure);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => pipeline.DisposeAsync();
}
