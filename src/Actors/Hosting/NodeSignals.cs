using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>What a node's actors let the process around them know; each once.</summary>
internal sealed class NodeSignals
{
    private readonly TaskCompletionSource<string> _refused = New<string>();
    private readonly TaskCompletionSource<SupervisorProtocol.RunEnded> _over = New<SupervisorProtocol.RunEnded>();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The node is a member.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Why the supervisor does not take this node.</summary>
    public Task<string> Refused => _refused.Task;

    /// <summary>The run is over.</summary>
    public Task<SupervisorProtocol.RunEnded> Over => _over.Task;

    /// <summary>Nobody needs this node any more.</summary>
    public Task Released => _released.Task;

    public void SetJoined() => _joined.TrySetResult();

    public void SetRefused(string reason) => _refused.TrySetResult(reason);

    public void SetOver(SupervisorProtocol.RunEnded over) => _over.TrySetResult(over);

    public void SetReleased() => _released.TrySetResult();

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
