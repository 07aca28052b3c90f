namespace Starling.Actors.Collectives;

/// <summary>
/// A way to move tensors between the trainers of a generation. Engines carry bytes and nothing else: what is summed,
/// and in which order, is decided above them (<see cref="ClusterExchange"/>), so that all of them give the same bits.
/// </summary>
public interface ICollectiveEngine
{
    /// <summary>Name in configurations and logs.</summary>
    string Name { get; }

    /// <summary>Why the engine cannot be used here, and what to do; null where it can.</summary>
    string? Unavailable { get; }

    /// <summary>
    /// The local half of joining a group: reserves ports, connects to nobody. Dispose the result even if it is never
    /// connected.
    /// </summary>
    /// <exception cref="Data.StarlingException">
    /// The engine is not available, or the address in <paramref name="options"/> is not one to bind to.
    /// </exception>
    ICollectiveGroup Bind(GroupMember member, CollectiveOptions options);
}
