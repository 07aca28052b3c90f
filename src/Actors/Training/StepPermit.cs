namespace Starling.Actors.Training;

/// <summary>
/// A trainer's permission to apply steps. It lapses unless the supervisor keeps renewing it, so a trainer that is cut
/// off stops applying steps before other trainers may take its place. Thread-safe.
/// </summary>
/// <param name="lease">How long a renewal lasts.</param>
/// <param name="time">A monotonic clock.</param>
public sealed class StepPermit(TimeSpan lease, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _renewals = new(0);
    private long? _renewed;

    /// <summary>Whether a step may be applied now.</summary>
    public bool IsValid
    {
        get
        {
            lock (_gate) return _renewed is { } since && time.GetElapsedTime(since) < lease;
        }
    }

    /// <summary>Renews the permit. Called when the present supervisor was heard of.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            _renewed = time.GetTimestamp();
            if (_renewals.CurrentCount == 0) _renewals.Release();
        }
    }

    /// <summary>Waits until the permit is valid.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public void Await(CancellationToken cancel)
    {
        // A loop, because the semaphore may still count a renewal that has lapsed meanwhile.
        while (!IsValid) _renewals.Wait(cancel);
    }
}
