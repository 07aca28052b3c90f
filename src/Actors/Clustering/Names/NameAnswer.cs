using System.Net;

namespace Starling.Actors.Clustering.Names;

/// <summary>What the name service said about a name.</summary>
internal sealed record NameAnswer
{
    private NameAnswer(IReadOnlyList<IPAddress> addresses, string? problem, bool isUnknown) =>
        (Addresses, Problem, IsUnknown) = (addresses, problem, isUnknown);

    /// <summary>The addresses in an order that does not depend on the name server's, IPv4 first; may be none.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>Why there are no addresses; null if there are some.</summary>
    public string? Problem { get; }

    /// <summary>
    /// Whether the name service has said that there is no such name. If it has not, and there are no addresses either,
    /// the answer may be another one a moment later.
    /// </summary>
    public bool IsUnknown { get; }

    /// <summary>The name has these addresses, at least one.</summary>
    public static NameAnswer Of(params IEnumerable<IPAddress> addresses) => new(
        [.. addresses.Distinct().OrderBy(a => a.AddressFamily)
            .ThenBy(a => Convert.ToHexString(a.GetAddressBytes()), StringComparer.Ordinal)], null, false);

    /// <summary>There is no such name.</summary>
    public static NameAnswer Unknown() => new([], "there is no such host", true);

    /// <summary>Nobody knows for now whether there is such a name.</summary>
    public static NameAnswer Unanswered(string problem) => new([], problem, false);
}
