using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>cluster</c>: how nodes find, wait for and give up each other. Changes when steps are made, and by whom,
/// but no bit of them.
/// </summary>
public sealed record ClusterOptions
{
    /// <summary>How long the first trainer waits for others before the first generation is formed.</summary>
    [Range(0.0, 3600.0)]
    public double SettleSeconds { get; init; } = 1;

    /// <summary>
    /// A trainer that answers nothing for so long, although its node can be reached, is out. No less than the cluster
    /// needs to notice that a node cannot be reached: such a trainer may be on the other side of a split.
    /// </summary>
    [Range(7.0, 3600.0)]
    public double UnresponsiveSeconds { get; init; } = 7;

    /// <summary>
    /// A trainer that hears nothing of the supervisor for so long applies no step any more; a node that was frozen for
    /// so long ends and comes back as a new one.
    /// </summary>
    [Range(1.0, 3600.0)]
    public double LeaseSeconds { get; init; } = 10;

    /// <summary>How long the trainers of a new generation may take to bind and to connect.</summary>
    [Range(1.0, 3600.0)]
    public double FormSeconds { get; init; } = 30;

    /// <summary>A loader that answers nothing for so long is not waited for: another one is asked.</summary>
    [Range(0.5, 3600.0)]
    [FormerName("loaderPatienceSeconds")]
    public double LoaderTimeoutSeconds { get; init; } = 10;

    /// <summary>How long one exchange between trainers may take; must exceed the slowest trainer's step.</summary>
    [Range(1.0, 86400.0)]
    public double ExchangeTimeoutSeconds { get; init; } = 60;

    /// <summary>What carries gradients between trainers.</summary>
    public CollectiveEngine Engine { get; init; } = CollectiveEngine.Auto;

    /// <summary>
    /// Address or network interface of the trainers' exchange; <c>null</c> for the node's own <c>--host</c>. The
    /// exchange is not authenticated: it belongs on a private network.
    /// </summary>
    public string? CollectiveHost { get; init; }

    /// <summary>Whether a node may listen on an address that is neither private nor this machine's own.</summary>
    public bool AllowPublicAddress { get; init; }

    /// <summary>Encryption of the nodes' messages.</summary>
    public TlsOptions Tls { get; init; } = new();
}
