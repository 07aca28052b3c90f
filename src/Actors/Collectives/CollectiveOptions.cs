namespace Starling.Actors.Collectives;

/// <summary>Where a trainer's collective engine listens, and its timeouts.</summary>
public sealed record CollectiveOptions
{
    /// <summary>
    /// Address, host name or network interface; the engine listens on no other. The traffic is neither encrypted nor
    /// authenticated: a stranger who can reach the port can read weights and ruin a run. So it belongs on a private
    /// network.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Whether <see cref="Host"/> may be a public address. Off: such an address is refused.</summary>
    public bool AllowPublicAddress { get; init; }

    /// <summary>How long forming a group may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one exchange may take, including the wait for the slowest member. This timeout is the last resort
    /// against a member that hangs: a dead member is noticed earlier, by its socket or by the supervisor, which aborts
    /// the group.
    /// </summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
