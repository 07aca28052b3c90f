namespace Starling.Actors.Loading;

/// <summary>Makes shares on threads of its own, and hands them out as they are finished, in any order.</summary>
public interface IShareSource : IAsyncDisposable
{
    /// <summary>Whether the shares may be sent to another node.</summary>
    bool Travels { get; }

    /// <summary>Decoded batches that wait to be taken out of the decode pipeline.</summary>
    int QueueDepth { get; }

    /// <summary>Most batches that may wait so.</summary>
    int QueueCapacity { get; }

    /// <summary>Asks for a share; returns at once.</summary>
    /// <returns>
    /// False if too many requests wait already. True otherwise; a source that has failed or was disposed drops the
    /// request, and <see cref="ReadAsync"/> says why.
    /// </returns>
    bool TryRequest(long step, int replica);

    /// <summary>
    /// One result for each request, in the order in which they are finished; ends with what went wrong if the source
    /// can make no share at all. To be read once.
    /// </summary>
    IAsyncEnumerable<ShareResult> ReadAsync(CancellationToken cancellation);
}
