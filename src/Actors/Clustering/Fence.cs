namespace Starling.Actors.Clustering;

/// <summary>
/// Whether this node still belongs to its cluster. Closed once and for good: a node that was taken for dead, or that
/// cannot know whether it was, publishes nothing any more and ends; what comes back is a new node. Thread-safe.
/// </summary>
public sealed class Fence
{
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Nothing may be published any more.</summary>
    public bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>Why, once it is closed.</summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>Closes it; only the first reason counts.</summary>
    public void Close(string reason) => _closed.TrySetResult(reason);
}
