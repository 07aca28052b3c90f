namespace Starling.Actors.Collectives;

/// <summary>Where a trainer's collective engine listens, and how long it waits.</summary>
public sealed record CollectiveOptions
{
    /// <summary>
    /// Address, host name or network interface to bind to, and to nothing else. The traffic is neither encrypted nor
    /// authenticated: whoever can reach the port can read weights and ruin a run, so it belongs on a private network.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Whether <see cref="Host"/> may be a public address. Off: such an address is refused.</summary>
    public bool AllowPublicAddress { get; init; }

    /// <summary>How long forming a group may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one exchange may take, waiting for the slowest member included. The last resort for a member that
    /// hangs: a dead one is noticed by its socket, and the control plane aborts.
    /// </summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
