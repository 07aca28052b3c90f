namespace Starling.Data.Shards;

/// <summary>
/// Takes the result of work that ran on the caller's own thread (see <see cref="SynchronousStream"/>).
/// </summary>
internal static class Synchronously
{
    /// <summary>
    /// The result, or the exception, of a task. Only for tasks over a <see cref="SynchronousStream"/>, which are
    /// complete, and for threads that are the caller's own and may wait.
    /// </summary>
    public static T Get<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
