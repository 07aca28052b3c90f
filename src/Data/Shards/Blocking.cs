namespace Starling.Data.Shards;

/// <summary>Waits for asynchronous work on a thread that is the caller's own, such as a decode thread.</summary>
internal static class Blocking
{
    /// <summary>
    /// The result of the work, or its exception. Parquet.Net is asynchronous throughout and finishes some reads on the
    /// thread pool; starting the work there keeps any synchronization context of the caller out of it, so that waiting
    /// cannot lock up.
    /// </summary>
    public static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
