using System.Runtime.ExceptionServices;

namespace Starling.Model.Tensors;

/// <summary>
/// Threads that compute independent jobs in parallel, each with one libtorch thread. If several threads shared one
/// matrix product, its rounding would depend on their number. If each computes whole replicas, it does not, so a step
/// has the same bits on any number of cores. The calling thread is worker 0.
/// </summary>
public sealed class WorkerThreads : IDisposable
{
    private readonly Thread[] _threads;
    private readonly Barrier _start, _end;
    private Action<int, int>? _body;
    private int _jobs, _next;
    private Exception? _failure;
    private bool _stopping;

    /// <summary>Starts <paramref name="count"/> − 1 threads.</summary>
    public WorkerThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        LibTorch.Initialize(); // before there are threads that compute; see <see cref="NativeWarmup"/>
        Count = count;
        _start = new Barrier(count);
        _end = new Barrier(count);
        _threads = [.. Enumerable.Range(1, count - 1).Select(Start)];
    }

    /// <summary>Number of workers, the calling thread included.</summary>
    public int Count { get; }

    /// <summary>
    /// Calls <paramref name="body"/>(worker, job) for every job, and returns when all are done. Which worker computes
    /// which job depends on timing, so results must not depend on it. The first exception of a job is thrown again
    /// here.
    /// </summary>
    public void Run(int jobs, Action<int, int> body)
    {
        LibTorch.SetThreadsOfThisThread(1);
        (_jobs, _next, _body, _failure) = (jobs, 0, body, null);
        _start.SignalAndWait();
        Work(0);
        _end.SignalAndWait();
        if (_failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Ends the threads and waits for their end.</summary>
    public void Dispose()
    {
        _stopping = true;
        _start.SignalAndWait();
        foreach (Thread thread in _threads) thread.Join();
        _start.Dispose();
        _end.Dispose();
    }

    private Thread Start(int worker)
    {
        Thread thread = new(() => Loop(worker), LibTorch.StackBytes)
        {
            IsBackground = true,
            Name = $"replicas-{worker}",
        };
        thread.Start();
        return thread;
    }

    private void Loop(int worker)
    {
        LibTorch.SetThreadsOfThisThread(1);
        while (true)
        {
            _start.SignalAndWait();
            if (_stopping) return;
            Work(worker);
            _end.SignalAndWait();
        }
    }

    private void Work(int worker)
    {
        try
        {
            for (int job; (job = Interlocked.Increment(ref _next) - 1) < _jobs && _failure is null;)
                _body!(worker, job);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }
}
