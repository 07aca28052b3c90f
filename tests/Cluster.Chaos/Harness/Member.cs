using System.Globalization;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>A node of a cluster as it runs now.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Process">Its process.</param>
/// <param name="Address">Where it takes messages.</param>
/// <param name="Metrics">Where it serves its metrics.</param>
internal sealed record Member(string Name, int Process, string Address, Uri Metrics)
{
    /// <summary>What it does, by its name.</summary>
    public string Role => Name[..Name.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>Host and port where it takes messages, as <c>--seed</c> names them.</summary>
    public string Endpoint => Address[(Address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    /// <summary>The port where it takes messages.</summary>
    public int Port => int.Parse(
        Address.AsSpan(Address.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
}
