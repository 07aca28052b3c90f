using System.Net;
using Akka.Actor;
using Starling.Actors.Clustering;
using Starling.Actors.Clustering.Names;
using Starling.Data;

namespace Starling.Actors.Tests.Clustering;

public sealed class SeedTests
{
    private static readonly Address Self = At("10.0.0.1");

    [Fact]
    public void Names_are_joined_by_their_addresses_in_the_order_of_the_seeds() =>
        Assert.Equal([At("10.0.0.3"), At("10.0.0.2"), At("[fd00::1]")],
            Seed.ToJoin([Found("b", "10.0.0.3"), Found("a", "10.0.0.2", "fd00::1"), Found("c", "10.0.0.2")], Self));

    [Fact]
    public void A_node_begins_a_cluster_only_if_it_is_the_first_seed()
    {
        Seed self = Found("self", "10.0.0.1"), other = Found("other", "10.0.0.2"), lost = Unanswered("lost");
        Assert.Equal([Self, At("10.0.0.2")], Seed.ToJoin([self, other], Self));
        Assert.Equal([At("10.0.0.2"), Self], Seed.ToJoin([other, self], Self));
        // The first seed is another node, of which nobody knows the address now.
        Assert.Equal([At("10.0.0.2")], Seed.ToJoin([lost, self, other], Self));
        Assert.Empty(Seed.ToJoin([lost, self], Self));
        Assert.Equal([Self], Seed.ToJoin([self, lost], Self));
    }

    [Fact]
    public void Seeds_are_refused_if_none_of_them_exists()
    {
        Seed typo = new(Named("nosuch"), NameAnswer.Unknown()), second = new(Named("neither"), NameAnswer.Unknown());
        Assert.Contains("--seed nosuch:4000,neither:4000: there is no such host",
            Assert.Throws<StarlingException>(() => Seed.Check([typo, second])).Message, StringComparison.Ordinal);
        Seed.Check([]);
        Seed.Check([typo, Found("a", "10.0.0.2")]);
        Seed.Check([typo, Unanswered("lost")]); // it may exist
    }

    private static Seed Found(string name, params string[] addresses) =>
        new(Named(name), NameAnswer.Of(addresses.Select(IPAddress.Parse)));

    private static Seed Unanswered(string name) => new(Named(name), NameAnswer.Unanswered("the name server is away"));

    private static Address Named(string name) => ClusterProfile.AddressOf($"{name}:4000", "--seed", "akka.tcp");

    private static Address At(string host) => new("akka.tcp", ClusterProfile.SystemName, host, 4000);
}
