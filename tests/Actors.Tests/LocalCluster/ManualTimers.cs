namespace Starling.Actors.Tests.LocalCluster;

/// <summary>A clock with timers that only a test moves. Thread-safe.</summary>
internal sealed class ManualTimers : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private readonly List<(long Due, TaskCompletionSource Awaited)> _awaiting = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and calls the timers that are due then, once each.</summary>
    public void Advance(TimeSpan time)
    {
        long now = Interlocked.Add(ref _now, time.Ticks);
        Timer[] due;
        lock (_gate)
        {
            due = [.. _timers.Where(t => t.Due <= now)];
            foreach (Timer timer in due) _timers.Remove(timer);
        }
        foreach (Timer timer in due) timer.Callback();
    }

    /// <summary>Completes when something waits for exactly this time from now.</summary>
    public Task AwaitedAsync(TimeSpan time)
    {
        lock (_gate)
        {
            long due = GetTimestamp() + time.Ticks;
            if (_timers.Exists(t => t.Due == due)) return Task.CompletedTask;
            TaskCompletionSource awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaiting.Add((due, awaited));
            return awaited.Task;
        }
    }

    private sealed class Timer(ManualTimers owner, Action callback) : ITimer
    {
        public Action Callback => callback;

        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                if (dueTime < TimeSpan.Zero) return true;
                Due = owner.GetTimestamp() + dueTime.Ticks;
                owner._timers.Add(this);
                foreach ((long due, TaskCompletionSource awaited) in owner._awaiting)
                    if (due == Due) awaited.TrySetResult();
            }
            return true;
        }

        public void Dispose()
        {
            lock (owner._gate) owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
