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
    private readonly Channel<BatchResult> _results;
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
        _results = Channel.CreateBounded<BatchResult>(batchCapacity);
        QueueCapacity = batchCapacity;
        _working = workers;
        _workers = [.. Enumerable.Range(0, workers).Select(StartWorker)];
    }

    /// <summary>
    /// One result for each request, in the order in which they were finished: a batch, or the exception that
    /// <see cref="BatchFactory.Create"/> threw, which concerns no other request. Ends after <see cref="Complete"/> and
    /// the last result.
    /// </summary>
    public ChannelReader<BatchResult> Results => _results.Reader;

    /// <summary>Finished batches that wait to be taken.</summary>
    public int QueueDepth => _results.Reader.Count;

    /// <summary>Most finished batches that may wait to be taken.</summary>
    public int QueueCapacity { get; }

    internal bool HasLiveThreads => _workers.Any(worker => worker.IsAlive);

    /// <summary>Asks for a batch; returns at once.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="replica">0..L-1.</param>
    /// <returns>
    /// False if too many requests wait, or after <see cref="Complete"/>. True otherwise; a pipeline that was disposed
    /// drops the request.
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
                Wait(_results.Writer.WriteAsync(Make(request), _stop.Token).AsTask());
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The pipeline was disposed.
        }
        // The last thread ends the queue.
        if (Interlocked.Decrement(ref _working) == 0) _results.Writer.TryComplete();
    }

    private BatchResult Make(Request request)
    {
        try
        {
            return new BatchResult(
                request.Step, request.Replica, _factory.Create(request.Step, request.Replica), null);
        }
        catch (Exception e)
        {
            // The disk may work again at the next request, and other batches may need other files.
            return new BatchResult(request.Step, request.Replica, null, e);
        }
    }

    // A worker does nothing else, so it may block.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private sealed record Request(long Step, int Replica);
}
