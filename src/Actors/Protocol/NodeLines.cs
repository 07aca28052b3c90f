using System.Text.RegularExpressions;
using Starling.Actors.Coordination;
using Starling.Data;

namespace Starling.Actors.Protocol;

/// <summary>
/// The lines on a node's standard output that a managing process reads, and the lines that it writes to the node.
/// </summary>
internal static partial class NodeLines
{
    /// <summary>Input line: orders the node to end the run with a checkpoint.</summary>
    public const string Stop = "stop";

    /// <summary>Input line: orders the node to leave the cluster and to end.</summary>
    public const string Leave = "leave";

    /// <summary>Returns the output line of a node that has become a member.</summary>
    public static string Ready(string name, string address, Uri metrics) =>
        $"ready name={name} address={address} metrics={metrics}";

    /// <summary>Returns the output line of a node whose run has ended.</summary>
    public static string Over(RunOutcome outcome, long step) =>
        FormattableString.Invariant($"over outcome={outcome.Named()} step={step}");

    /// <summary>Reads the node's address and that of its metrics from a ready line; null for any other line.</summary>
    public static (string Address, string Metrics)? TryReadReady(string line) =>
        ReadyPattern().Match(line) is { Success: true } m ? (m.Groups[1].Value, m.Groups[2].Value) : null;

    /// <summary>Reads the outcome from an over line; null for any other line.</summary>
    public static RunOutcome? TryReadOver(string line) =>
        OverPattern().Match(line) is { Success: true } m && Enum.TryParse(m.Groups[1].ValueSpan, ignoreCase: true,
            out RunOutcome outcome) ? outcome : null;

    [GeneratedRegex(@"^ready name=\S+ address=(\S+) metrics=(\S+)$")]
    private static partial Regex ReadyPattern();

    [GeneratedRegex(@"^over outcome=([a-z]+) step=\d+$")]
    private static partial Regex OverPattern();
}
