using System.Threading.Channels;

namespace Starling.Data.Batches;

/// <summary>
/// Makes requested batches on threads of its own. Requests are begun in the order in which they come, and batches are
/// handed out as they are finished, so a slow batch delays no other one. What is in a batch depends neither on the
/// number of threads nor on the order, because <see cref="BatchFactory.Create"/> is a pure function.
/// </summary>
/// <remarks>
/// Both ends are bounded: a full queue of finished batches blocks the threads, and a full queue of requests refuses
/// more. A waiting request takes no memory for pixels. At most <c>batchCapacity</c> + <c>workers</c> batches are in
/// memory: those that wait to be taken, and one for each thread, which makes the batch or waits to hand it over.
/// </remarks>
public sealed class ReplicaBatchPipeline : IAsyncDisposable
{
    private readonly BatchFactory _factory;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Request> _requests;
    private readonly Channel<ReplicaBatch> _batches;
    private readonly Thread[] _workers;
    private int _working;
    private bool _disposed;

    /// <summary>Starts the decode threads.</summary>
    /// <param name="factory">Makes the batches.</param>
    /// <param name="workers">Decode threads, from 1.</param>
    /// <param name="requestCapacity">Requests that may wait for a thread, from 1.</param>
    /// <param name="batchCapacity">Finished batches that may wait to be taken, from 1.</param>
    public ReplicaBatchPipeline(BatchFactory factory, int workers, int requestCapacity, int batchCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(requestCapacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchCapacity);
        _factory = factory;
        _requests = Channel.CreateBounded<Request>(requestCapacity);
        _batches = Channel.CreateBounded<ReplicaBatch>(batchCapacity);
        QueueCapacity = batchCapacity;
        _working = workers;
        _workers = [.. Enumerable.Range(0, workers).Select(StartWorker)];
    }

    /// <summary>
    /// Finished batches, in the order in which they were finished. Ends after <see cref="Complete"/> and the last
    /// batch. A batch that cannot be made ends it with the exception that <see cref="BatchFactory.Create"/> threw: no
    /// request is begun any more, and batches that were not in the queue yet are dropped.
    /// </summary>
    public ChannelReader<ReplicaBatch> Batches => _batches.Reader;

    /// <summary>Finished batches that wait to be taken.</summary>
    public int QueueDepth => _batches.Reader.Count;

    /// <summary>Most finished batches that may wait to be taken.</summary>
    public int QueueCapacity { get; }

    internal bool HasLiveThreads => _workers.Any(worker => worker.IsAlive);

    /// <summary>Asks for a batch; returns at once.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="replica">0..L-1.</param>
    /// <returns>
    /// False if too many requests wait, or after <see cref="Complete"/>. True otherwise; a pipeline that has failed or
    /// was disposed drops the request, and <see cref="Batches"/> says why.
    /// </returns>
    public bool TryRequest(long step, int replica) =>
        _requests.Writer.TryWrite(new Request(step, replica)) || _stop.IsCancellationRequested;

    /// <summary>Lets no more requests in; those already made are still answered. For tests.</summary>
    internal void Complete() => _requests.Writer.TryComplete();

    /// <summary>Stops: batches in work are finished and dropped, and all threads have ended on return.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stop.CancelAsync();
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
        try
        {
            while (Wait(_requests.Reader.WaitToReadAsync(_stop.Token).AsTask()))
            {
                // Another thread may have been quicker.
                if (!_requests.Reader.TryRead(out Request? request)) continue;
                ReplicaBatch batch = _factory.Create(request.Step, request.Replica);
                Wait(_batches.Writer.WriteAsync(batch, _stop.Token).AsTask());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException
            && _stop.IsCancellationRequested)
        {
            // The pipeline was disposed, or another thread has failed and has said why.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        // The last thread ends the queue, unless a failure has ended it already.
        if (Interlocked.Decrement(ref _working) == 0) _batches.Writer.TryComplete();
    }

    private void Fail(Exception reason)
    {
        // Stopped first: a thread whose write is refused by the ended queue has to see that the pipeline has stopped.
        // Other threads do not end the queue before this one, because this one still counts as working.
        _stop.Cancel();
        _batches.Writer.TryComplete(reason);
    }

    // A worker does nothing else, so it may block.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private sealed record Request(long Step, int Replica);
}
