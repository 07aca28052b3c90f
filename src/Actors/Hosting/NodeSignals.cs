using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>Tells the process what happened to its node. The node's actors set each signal at most once.</summary>
internal sealed class NodeSignals
{
    private readonly TaskCompletionSource<SupervisorProtocol.Refused> _refused =
        New<SupervisorProtocol.Refused>();
    private readonly TaskCompletionSource<SupervisorProtocol.RunEnded> _over = New<SupervisorProtocol.RunEnded>();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the node is a member of the cluster.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Completes when the supervisor refuses this node.</summary>
    public Task<SupervisorProtocol.Refused> Refused => _refused.Task;

    /// <summary>Completes when the run is over.</summary>
    public Task<SupervisorProtocol.RunEnded> Over => _over.Task;

    /// <summary>Completes when the node may leave the cluster without loss.</summary>
    public Task Released => _released.Task;

    /// <summary>Completes <see cref="Joined"/>.</summary>
    public void SetJoined() => _joined.TrySetResult();

    /// <summary>Completes <see cref="Refused"/>.</summary>
    public void SetRefused(SupervisorProtocol.Refused refused) => _refused.TrySetResult(refused);

    /// <summary>Completes <see cref="Over"/>.</summary>
    public void SetOver(SupervisorProtocol.RunEnded over) => _over.TrySetResult(over);

    /// <summary>Completes <see cref="Released"/>.</summary>
    public void SetReleased() => _released.TrySetResult();

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
