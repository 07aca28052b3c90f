namespace Starling.Actors.Runs;

/// <summary>
/// Reads the disk for whoever asks over HTTP, a few jobs at a time. A disk may hang for minutes: whoever asks waits no
/// longer than a limit, and a job that hangs keeps its place, so that no more threads can hang than there are places.
/// </summary>
internal sealed class DiskJobs(int places, TimeSpan limit)
{
    private readonly SemaphoreSlim _free = new(places);

    /// <summary>How long a caller waits at most.</summary>
    public TimeSpan Limit => limit;

    /// <summary>Runs a job on another thread and waits for it.</summary>
    /// <exception cref="TimeoutException">The disk has not answered within the limit.</exception>
    public async Task<T> RunAsync<T>(Func<T> job, CancellationToken cancellationToken) =>
        await (await StartAsync(job, cancellationToken)).WaitAsync(limit, cancellationToken);

    /// <summary>Starts a job on another thread, as soon as a place is free, and returns its task.</summary>
    /// <exception cref="TimeoutException">No place was free within the limit.</exception>
    public async Task<Task<T>> StartAsync<T>(Func<T> job, CancellationToken cancellationToken)
    {
        if (!await _free.WaitAsync(limit, cancellationToken))
            throw new TimeoutException("the disk of the run's folder does not answer");
        return Task.Run(() =>
        {
            try
            {
                return job();
            }
            finally
            {
                _free.Release();
            }
        }, CancellationToken.None);
    }
}
