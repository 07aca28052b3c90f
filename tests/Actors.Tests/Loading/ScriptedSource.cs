using System.Threading.Channels;
using Starling.Actors.Loading;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Loading;

/// <summary>A source whose shares are finished when the test says so.</summary>
/// <param name="travels">Whether to make tokens instead of pixels.</param>
internal sealed class ScriptedSource(bool travels) : IShareSource
{
    private readonly Channel<ShareResult> _made = Channel.CreateUnbounded<ShareResult>();
    private readonly Channel<ShareKey> _asked = Channel.CreateUnbounded<ShareKey>();

    public bool Travels => travels;

    public int QueueDepth { get; set; }

    public int QueueCapacity => 7;

    /// <summary>Whether requests are refused.</summary>
    public bool IsFull { get; set; }

    public bool TryRequest(long step, int replica) =>
        !IsFull && _asked.Writer.TryWrite(new ShareKey(step, replica));

    public IAsyncEnumerable<ShareResult> ReadAsync(CancellationToken cancellation) =>
        _made.Reader.ReadAllAsync(cancellation);

    /// <summary>Waits for the next request that the loader passed on.</summary>
    public async Task<ShareKey> AskedAsync(TimeSpan timeout) =>
        await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(timeout);

    public bool NothingAsked => _asked.Reader.Count == 0;

    public void Make(long step, int replica) =>
        _made.Writer.TryWrite(ShareResult.Of(Share(step, replica, travels)));

    /// <summary>Cannot make one share.</summary>
    public void Refuse(long step, int replica, Exception reason) =>
        _made.Writer.TryWrite(new ShareResult(step, replica, null, reason));

    /// <summary>Can make no share any more.</summary>
    public void Fail(Exception reason) => _made.Writer.TryComplete(reason);

    /// <summary>How long the source's threads take to end.</summary>
    public TimeSpan EndTime { get; set; }

    /// <summary>Whether the source's threads have ended.</summary>
    public bool HasEnded { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await Task.Delay(EndTime);
        HasEnded = true;
    }

    public static ReplicaShare Share(long step, int replica, bool travels) => travels
        ? new TokenShare(step, replica, 1, 2, new int[] { (int)step, replica }, [7], [])
        : new PixelShare(TestBatches.Empty(step, replica));
}
