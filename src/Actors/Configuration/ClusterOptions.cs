using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>cluster</c>: how nodes find each other, wait for each other and exclude each other. These keys change
/// when and by which nodes steps are made, but no bit of their result.
/// </summary>
public sealed record ClusterOptions
{
    /// <summary>Time that the first trainer waits for others before the first generation is formed.</summary>
    [Range(0.0, 3600.0)]
    public double SettleSeconds { get; init; } = 1;

    /// <summary>
    /// A trainer that answers nothing for this time, although its node can be reached, is excluded. The time must not
    /// be less than the cluster needs to notice that a node cannot be reached, because such a trainer may be on the
    /// other side of a split network.
    /// </summary>
    [Range(7.0, 3600.0)]
    public double UnresponsiveSeconds { get; init; } = 7;

    /// <summary>
    /// A trainer that hears nothing from the supervisor for this time applies no more steps. A node that was suspended
    /// for this time ends and has to come back as a new node.
    /// </summary>
    [Range(1.0, 3600.0)]
    public double LeaseSeconds { get; init; } = 10;

    /// <summary>Time that the trainers of a new generation may take to bind and to connect.</summary>
    [Range(1.0, 3600.0)]
    public double FormSeconds { get; init; } = 30;

    /// <summary>If a loader answers nothing for this time, another loader is asked.</summary>
    [Range(0.5, 3600.0)]
    [FormerName("loaderPatienceSeconds")]
    public double LoaderTimeoutSeconds { get; init; } = 10;

    /// <summary>
    /// Time that one exchange between trainers may take. It must be longer than the slowest trainer's step.
    /// </summary>
    [Range(1.0, 86400.0)]
    public double ExchangeTimeoutSeconds { get; init; } = 60;

    /// <summary>The engine that exchanges gradients between trainers.</summary>
    public CollectiveEngine Engine { get; init; } = CollectiveEngine.Auto;

    /// <summary>
    /// Address, host name or network interface of the trainers' exchange; <c>null</c> for the node's own <c>--host</c>.
    /// The exchange is not encrypted, so it should be on a private network.
    /// </summary>
    public string? CollectiveHost { get; init; }

    /// <summary>Whether a node may listen on an address that is neither private nor this machine's own.</summary>
    public bool AllowPublicAddress { get; init; }

    /// <summary>Encryption of the messages between nodes.</summary>
    public TlsOptions Tls { get; init; } = new();
}
