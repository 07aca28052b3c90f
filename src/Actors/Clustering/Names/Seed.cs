using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Starling.Data;

namespace Starling.Actors.Clustering.Names;

/// <summary>
/// A node that the user named in <c>--seed</c>. Akka answers only to the very address that a node listens on, so a name
/// is looked up here, and again at each attempt to join: its node may have moved.
/// </summary>
/// <param name="Named">The seed as the user named it.</param>
/// <param name="Answer">What its name led to at the last attempt.</param>
internal sealed record Seed(Address Named, NameAnswer Answer)
{
    /// <summary>How long all look-ups of one attempt may take.</summary>
    public static readonly TimeSpan LookUpTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The addresses that the name led to.</summary>
    public IEnumerable<Address> Addresses => Answer.Addresses.Select(address =>
        new Address(Named.Protocol, Named.System, HostOf(address), Named.Port));

    /// <summary>Looks up all seeds at the same time.</summary>
    public static async Task<IReadOnlyList<Seed>> FindAsync(
        IEnumerable<Address> named, NameLookUps names, CancellationToken cancellation) =>
        await Task.WhenAll(named.Select(async seed =>
            new Seed(seed, await names.FindAsync(seed.Host!, LookUpTimeout, cancellation))));

    /// <summary>Refuses seeds of which none can exist, as far as the name service knows.</summary>
    /// <exception cref="StarlingException">There is no such host, for each of them.</exception>
    public static void Check(IReadOnlyList<Seed> seeds)
    {
        if (seeds.Count > 0 && seeds.All(s => s.Answer.IsUnknown))
            throw new StarlingException($"--seed {string.Join(',', seeds)}: there is no such host: " +
                "name the host and port of a node of the cluster");
    }

    /// <summary>
    /// Returns the addresses to join, in the order of the seeds. Akka has the node begin a cluster if its own address
    /// is the first and nobody else answers. That is right only if the user named it first: it would also be the first
    /// if the seeds before it could not be looked up, and two clusters of one run would come of that.
    /// </summary>
    /// <param name="seeds">The seeds.</param>
    /// <param name="self">The address of this node.</param>
    public static IReadOnlyList<Address> ToJoin(IReadOnlyList<Seed> seeds, Address self)
    {
        List<Address> all = [.. seeds.SelectMany(s => s.Addresses).Distinct()];
        if (all.Count > 0 && all[0].Equals(self) && !seeds[0].Addresses.Contains(self)) all.RemoveAt(0);
        return all;
    }

    /// <summary>The seed as <c>host:port</c>.</summary>
    public override string ToString() => $"{Named.Host}:{Named.Port}";

    // As Akka writes the addresses of nodes.
    private static string HostOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
