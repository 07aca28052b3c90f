namespace Starling.Data.Shards;

/// <summary>Waits for asynchronous work on a thread that may block, such as a decode thread.</summary>
internal static class Blocking
{
    /// <summary>
    /// Starts the work on the thread pool, waits, and returns its result or throws its exception. Parquet.Net is
    /// asynchronous throughout. If the work were started on the calling thread, a synchronization context of the caller
    /// could make it wait for that thread, which waits here: a deadlock.
    /// </summary>
    public static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
