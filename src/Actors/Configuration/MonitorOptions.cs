using System.ComponentModel.DataAnnotations;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>monitor</c>: metrics, health checks and log lines of a run.</summary>
public sealed record MonitorOptions
{
    /// <summary>
    /// Port of <c>/metrics</c> and <c>/healthz</c>; 0 for any. If the port is in use, the next free one is taken.
    /// </summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 8080;

    /// <summary>Address to listen on: an IP address, <c>localhost</c>, or <c>0.0.0.0</c> for every interface.</summary>
    [Required(ErrorMessage = "must be an IP address or localhost")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Number of steps between two log lines, if the output is not a terminal.</summary>
    [Range(1, int.MaxValue)]
    public int LogEverySteps { get; init; } = 10;

    /// <summary>
    /// Floating-point operations that a trainer's device makes in a second at most, for the share of them that the
    /// model uses; 0 if it is not known.
    /// </summary>
    [Range(0.0, 1e18)]
    public double PeakFlops { get; init; }

    /// <summary>Whether TensorBoard event files are written into the run folder.</summary>
    public bool TensorBoard { get; init; }
}
