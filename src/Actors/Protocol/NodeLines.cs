using System.Text.RegularExpressions;
using Starling.Actors.Coordination;
using Starling.Data;

namespace Starling.Actors.Protocol;

/// <summary>The lines of a node's output, and those of its input, that programs read.</summary>
internal static partial class NodeLines
{
    /// <summary>Input: end the run with a checkpoint.</summary>
    public const string Stop = "stop";

    /// <summary>Input: leave the cluster and end.</summary>
    public const string Leave = "leave";

    /// <summary>The node is a member.</summary>
    public static string Ready(string name, string address, Uri metrics) =>
        $"ready name={name} address={address} metrics={metrics}";

    /// <summary>The run is over.</summary>
    public static string Over(RunOutcome outcome, long step) =>
        FormattableString.Invariant($"over outcome={outcome.Named()} step={step}");

    /// <summary>The address in a ready line; null for any other line.</summary>
    public static (string Address, string Metrics)? TryReadReady(string line) =>
        ReadyPattern().Match(line) is { Success: true } m ? (m.Groups[1].Value, m.Groups[2].Value) : null;

    /// <summary>The outcome in an over line; null for any other line.</summary>
    public static RunOutcome? TryReadOver(string line) =>
        OverPattern().Match(line) is { Success: true } m && Enum.TryParse(m.Groups[1].ValueSpan, ignoreCase: true,
            out RunOutcome outcome) ? outcome : null;

    [GeneratedRegex(@"^ready name=\S+ address=(\S+) metrics=(\S+)$")]
    private static partial Regex ReadyPattern();

    [GeneratedRegex(@"^over outcome=([a-z]+) step=\d+$")]
    private static partial Regex OverPattern();
}
