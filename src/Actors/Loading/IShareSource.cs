using Starling.Actors.Shares;

namespace Starling.Actors.Loading;

/// <summary>Makes shares on threads of its own, in the order in which they are asked for.</summary>
public interface IShareSource : IAsyncDisposable
{
    /// <summary>Whether the shares may be sent to another node.</summary>
    bool Travels { get; }

    /// <summary>Asks for a share; waits while too many are in work.</summary>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">
    /// The source has failed or was disposed.
    /// </exception>
    ValueTask RequestAsync(long step, int replica, CancellationToken cancellation);

    /// <summary>
    /// The shares, in the order of the requests; ends with what went wrong if one cannot be made. To be read once.
    /// </summary>
    IAsyncEnumerable<ReplicaShare> ReadAsync(CancellationToken cancellation);
}
