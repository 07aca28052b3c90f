using System.Net;

namespace Starling.Actors.Collectives;

/// <summary>Where a trainer's collective engine listens, and its timeouts.</summary>
public sealed record CollectiveOptions
{
    /// <summary>
    /// The address of this machine that the engine listens on; it listens on no other. It is an address and no name, so
    /// that no generation has to wait for a name server. The traffic is not encrypted: a stranger who can read along
    /// sees weights. So it belongs on a private network.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>How long forming a group may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one exchange may take, including the wait for the slowest member. This timeout is the last resort
    /// against a member that hangs: a dead member is noticed earlier, by its socket or by the supervisor, which aborts
    /// the group.
    /// </summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
