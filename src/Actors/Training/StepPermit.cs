namespace Starling.Actors.Training;

/// <summary>
/// A trainer's permission to apply steps. It lapses unless the supervisor keeps renewing it: a trainer that is cut off
/// applies nothing any more by the time that others may have taken its place. Thread-safe.
/// </summary>
/// <param name="lease">How long a renewal lasts.</param>
/// <param name="time">A clock that no one can set back.</param>
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

    /// <summary>The supervisor is there, and still the one.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            _renewed = time.GetTimestamp();
            if (_renewals.CurrentCount == 0) _renewals.Release();
        }
    }

    /// <summary>Returns at once while the permit is valid, else when it has been renewed.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public void Await(CancellationToken cancel)
    {
        // A renewal may have been left over from a time when nobody waited: hence the loop.
        while (!IsValid) _renewals.Wait(cancel);
    }
}
