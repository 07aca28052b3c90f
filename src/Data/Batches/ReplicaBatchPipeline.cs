using System.Threading.Channels;

namespace Starling.Data.Batches;

/// <summary>
/// Makes requested batches on threads of its own and hands them out in the order of the requests. Both ends are bounded
/// channels: a slow consumer holds up the decode threads, and those hold up whoever asks. What comes out does not
/// depend on the number of threads, because <see cref="BatchFactory.Create"/> is a pure function.
/// </summary>
public sealed class ReplicaBatchPipeline : IAsyncDisposable
{
    private readonly BatchFactory _factory;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _intake = new(1);
    private readonly Channel<Job> _ordered, _jobs;
    private readonly Channel<ReplicaBatch> _batches;
    private readonly Thread[] _workers;
    private readonly Task _emitter;
    private bool _disposed;

    /// <summary>Starts the decode threads.</summary>
    /// <param name="factory">Makes the batches.</param>
    /// <param name="workers">Decode threads, from 1.</param>
    /// <param name="requestCapacity">Requests that may be in work or wait for it, from 1.</param>
    /// <param name="batchCapacity">Finished batches that may wait to be taken, from 1.</param>
    /// <param name="time">Measures busy and waiting time; null: the system's.</param>
    public ReplicaBatchPipeline(
        BatchFactory factory, int workers, int requestCapacity, int batchCapacity, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(requestCapacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchCapacity);
        _factory = factory;
        _ordered = Channel.CreateBounded<Job>(requestCapacity);
        // One more than can be in order: the emitter may hold a job that no worker has taken yet.
        _jobs = Channel.CreateBounded<Job>(requestCapacity + 1);
        _batches = Channel.CreateBounded<ReplicaBatch>(batchCapacity);
        Statistics = new PipelineStatistics(
            time ?? TimeProvider.System, workers, batchCapacity, () => _batches.Reader.Count);
        _workers = [.. Enumerable.Range(0, workers).Select(StartWorker)];
        _emitter = Task.Run(EmitAsync);
    }

    /// <summary>
    /// Finished batches, in the order of the requests. Ends after <see cref="Complete"/> and the last batch; a batch
    /// that cannot be made ends it with the exception that <see cref="BatchFactory.Create"/> threw.
    /// </summary>
    public ChannelReader<ReplicaBatch> Batches => _batches.Reader;

    /// <summary>What the pipeline is doing.</summary>
    public PipelineStatistics Statistics { get; }

    internal bool HasLiveThreads => _workers.Any(worker => worker.IsAlive);

    /// <summary>Asks for a batch; waits while too many are in work.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="replica">0..L-1.</param>
    /// <param name="cancellation">Gives up waiting; the batch is then not asked for.</param>
    /// <exception cref="ChannelClosedException">The pipeline was completed, disposed, or has failed.</exception>
    public async ValueTask RequestAsync(long step, int replica, CancellationToken cancellation = default)
    {
        Job job = new(step, replica);
        // Requests from several callers must enter both channels in one order.
        await _intake.WaitAsync(cancellation);
        try
        {
            await _ordered.Writer.WriteAsync(job, cancellation);
            Statistics.Requested();
            // There is room by construction; only a pipeline that has stopped refuses.
            if (!_jobs.Writer.TryWrite(job)) throw new ChannelClosedException();
        }
        finally
        {
            _intake.Release();
        }
    }

    /// <summary>No more requests will come; those already made are still answered.</summary>
    public void Complete() => _ordered.Writer.TryComplete();

    /// <summary>Stops: batches in work are finished and dropped, and all threads have ended on return.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        Complete();
        await _stop.CancelAsync();
        await _emitter;
        foreach (Thread worker in _workers) await Task.Run(worker.Join);
        _stop.Dispose();
    }

    private Thread StartWorker(int number)
    {
        Thread thread = new(Work) { Name = $"decode-{number}", IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Work()
    {
        long idleSince = Statistics.Now();
        while (TakeJob() is { } job)
        {
            Statistics.Idled(idleSince);
            long since = Statistics.Now();
            try
            {
                ReplicaBatch batch = _factory.Create(job.Step, job.Replica);
                Statistics.Made(batch, since);
                job.Made.TrySetResult(batch);
            }
            catch (Exception e)
            {
                // Every failure belongs to the request's consumer, who sees it in its turn.
                job.Made.TrySetException(e);
            }
            idleSince = Statistics.Now();
        }
    }

    private Job? TakeJob()
    {
        try
        {
            while (true)
            {
                if (_stop.IsCancellationRequested) return null;
                if (_jobs.Reader.TryRead(out Job? job)) return job;
                // This thread does nothing else, so it may wait.
                if (!_jobs.Reader.WaitToReadAsync(_stop.Token).AsTask().GetAwaiter().GetResult()) return null;
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task EmitAsync()
    {
        try
        {
            await foreach (Job job in _ordered.Reader.ReadAllAsync(_stop.Token))
            {
                ReplicaBatch batch = await job.Made.Task.WaitAsync(_stop.Token);
                long since = Statistics.Now();
                if (!_batches.Writer.TryWrite(batch))
                {
                    await _batches.Writer.WriteAsync(batch, _stop.Token);
                    Statistics.Blocked(since);
                }
            }
            _jobs.Writer.TryComplete();
            _batches.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            _batches.Writer.TryComplete();
        }
        catch (Exception e)
        {
            // Nothing after a failed batch may come out: the order of what the consumer saw must have no hole.
            _batches.Writer.TryComplete(e);
            _ordered.Writer.TryComplete(e);
            _jobs.Writer.TryComplete();
            await _stop.CancelAsync();
        }
    }

    private sealed record Job(long Step, int Replica)
    {
        public TaskCompletionSource<ReplicaBatch> Made { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
