namespace Starling.Actors.Clustering;

/// <summary>
/// Tells whether this node still belongs to its cluster. A fence is closed once and never opened again: a node that the
/// others took for dead, or that cannot know whether they did, publishes nothing any more and ends. If the process is
/// started again, it is a new node. Thread-safe.
/// </summary>
public sealed class Fence
{
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the fence is closed, so that this node may not publish anything any more.</summary>
    public bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>Completes with the reason when the fence is closed.</summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>Closes the fence. Only the reason of the first call is kept.</summary>
    public void Close(string reason) => _closed.TrySetResult(reason);
}
