using Starling.Actors.Runs;

namespace Starling.Actors.Page;

/// <summary>
/// Keeps what a run's event log tells, and reads only what was appended since the last request. The first request reads
/// the log from its beginning; nothing is read before.
/// </summary>
internal sealed class LogIndex(string path, DiskJobs disk)
{
    private readonly Lock _lock = new();
    private RunHistory _history = new();
    private long _offset;
    private Task<bool> _reading = Task.FromResult(true);

    /// <summary>Reads on, as far as the disk gives within the limit.</summary>
    /// <returns>Whether the whole log was read.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task<bool> ReadOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await (await StartAsync()).WaitAsync(disk.Limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false; // what is known is shown
        }
    }

    /// <summary>Makes something of what was read so far, and of the offset up to which it was.</summary>
    public T Take<T>(Func<RunHistory, long, T> make)
    {
        lock (_lock) return make(_history, _offset);
    }

    private async Task<Task<bool>> StartAsync()
    {
        TaskCompletionSource<bool> begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            // One reads for all. Whoever comes meanwhile waits for the same task.
            if (!_reading.IsCompleted) return _reading;
            _reading = begun.Task;
        }
        try
        {
            Task<bool> job = await disk.StartAsync(Read, CancellationToken.None);
            _ = job.ContinueWith(done => Pass(done, begun), TaskScheduler.Default);
        }
        catch (TimeoutException)
        {
            begun.SetResult(false);
        }
        return begun.Task;
    }

    private static void Pass(Task<bool> done, TaskCompletionSource<bool> begun)
    {
        if (done.Exception is { } failure) begun.SetException(failure.InnerExceptions);
        else begun.SetResult(true);
    }

    private bool Read()
    {
        while (true)
        {
            LogPiece piece = LogReader.Read(path, _offset);
            lock (_lock)
            {
                if (piece.Restarted) _history = new RunHistory();
                foreach (LogEntry entry in piece.Entries)
                {
                    using LogLine? line = LogLine.Parse(entry.Json);
                    if (line is not null) _history.Add(line);
                }
                _offset = piece.End;
            }
            if (!piece.HasMore) return true;
        }
    }
}
