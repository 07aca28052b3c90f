namespace Starling.Actors.Collectives;

/// <summary>
/// Moves tensors between the trainers of a generation. An engine only moves bytes: <see cref="ClusterExchange"/>
/// decides what is summed, and in which order, so that all engines give the same bits.
/// </summary>
public interface ICollectiveEngine
{
    /// <summary>The engine's name in configurations and logs.</summary>
    string Name { get; }

    /// <summary>Why the engine cannot be used here, and what to do about it; null if it can be used.</summary>
    string? Unavailable { get; }

    /// <summary>
    /// Does the local half of joining a group: reserves ports, but opens no connections. The result has to be disposed
    /// even if it is never connected.
    /// </summary>
    /// <exception cref="Data.StarlingException">
    /// The engine is not available, or the address in <paramref name="options"/> cannot or must not be bound.
    /// </exception>
    ICollectiveGroup Bind(GroupMember member, CollectiveOptions options);
}
