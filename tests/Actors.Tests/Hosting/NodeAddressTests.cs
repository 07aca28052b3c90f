using Starling.Actors.Hosting;
using Starling.Data;

namespace Starling.Actors.Tests.Hosting;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.1.1")]
    [InlineData("fd00::1")]
    public void A_node_may_listen_on_a_private_address(string host) => NodeAddress.Check(host, allowPublic: false);

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:8.8.8.8")]
    public void A_public_one_has_to_be_allowed(string host)
    {
        StarlingException e = Assert.Throws<StarlingException>(() => NodeAddress.Check(host, allowPublic: false));
        Assert.Contains("cluster.allowPublicAddress", e.Message, StringComparison.Ordinal);
        NodeAddress.Check(host, allowPublic: true);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void All_addresses_are_none(string host) => Assert.Contains("name the one",
        Assert.Throws<StarlingException>(() => NodeAddress.Check(host, allowPublic: true)).Message);

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1:")]
    [InlineData("10.0.0.1:0")]
    [InlineData("10.0.0.1:70000")]
    [InlineData(":4000")]
    [InlineData("10.0.0.1:4000x")]
    public void A_seed_is_an_address_and_a_port(string seed) => Assert.Contains($"--seed {seed}",
        Assert.Throws<StarlingException>(() => ClusterProfile.AddressOf(seed, "--seed", "akka.tcp")).Message);

    [Fact]
    public void A_seed_s_host_may_be_a_name()
    {
        Akka.Actor.Address address = ClusterProfile.AddressOf("node-1.cluster:4000", "--seed", "akka.tcp");
        Assert.Equal(("node-1.cluster", 4000), (address.Host, address.Port));
    }
}
