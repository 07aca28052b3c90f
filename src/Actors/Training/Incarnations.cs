namespace Starling.Actors.Training;

/// <summary>
/// Numbers the incarnations of a trainer's actor: greater after every restart of the actor, and greater still after a
/// restart of its process. Thread-safe.
/// </summary>
/// <param name="attempt">How often the process was started, from 0.</param>
public sealed class Incarnations(long attempt)
{
    private const int RestartBits = 20; // a million restarts of the actor for one of the process

    private long _next = attempt << RestartBits;

    /// <summary>A number that no incarnation had before.</summary>
    public long Next() => Interlocked.Increment(ref _next) - 1;
}
