using System.Threading.Channels;

namespace Starling.Actors.Reporting;

/// <summary>
/// Writes lines to an output that may take none for a while, or none any more: a pager that nobody scrolls, a pipe
/// whose reader hangs, a full disk. A background task writes, so callers never wait. If too many lines wait, the oldest
/// are lost.
/// </summary>
internal sealed class QueuedLines : IAsyncDisposable
{
    private const int Most = 10_000;

    /// <summary>How long the end waits for the output.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<string> _queue = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Most) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private readonly TextWriter _output;
    private readonly Task _writing;

    /// <summary>Starts writing.</summary>
    public QueuedLines(TextWriter output)
    {
        _output = output;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Adds a line.</summary>
    public void Add(string line) => _queue.Writer.TryWrite(line);

    /// <summary>Writes what is queued, as far as the output takes it in time. Does not throw.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(EndTimeout));
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (string line in _queue.Reader.ReadAllAsync())
            {
                await _output.WriteLineAsync(line);
                if (!_queue.Reader.TryPeek(out _)) await _output.FlushAsync();
            }
        }
        catch (Exception)
        {
            // The output takes no lines any more, so nothing can be shown, and the run must not end for that.
            _queue.Writer.TryComplete();
        }
    }
}
