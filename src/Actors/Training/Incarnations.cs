namespace Starling.Actors.Training;

/// <summary>
/// Numbers the incarnations of a trainer's actor. Every restart of the actor gets a greater number, and a restart of
/// the process greater ones than all before. Thread-safe.
/// </summary>
/// <param name="attempt">Number of the process's start, from 0.</param>
public sealed class Incarnations(long attempt)
{
    private const int RestartBits = 20; // room for a million restarts of the actor in one process

    private long _next = attempt << RestartBits;

    /// <summary>Returns a number that no incarnation had before.</summary>
    public long Next() => Interlocked.Increment(ref _next) - 1;
}
