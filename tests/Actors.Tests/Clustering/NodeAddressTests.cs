using System.Net;
using System.Net.Sockets;
using Starling.Actors.Clustering;
using Starling.Data;

namespace Starling.Actors.Tests.Clustering;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public void A_node_may_listen_on_an_address_of_this_machine(string host) =>
        NodeAddress.Check(host, 0, allowPublic: false);

    [Fact]
    public void A_port_that_is_taken_is_one_clear_error()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        Assert.Contains($"--port {port}: cannot listen there", Refusal("127.0.0.1", port));
    }

    [Fact]
    public void An_address_of_another_machine_is_one_clear_error() =>
        Assert.Contains("--host 10.255.255.254 --port 0: cannot listen there", Refusal("10.255.255.254"));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:8.8.8.8")]
    public void A_public_one_has_to_be_allowed(string host)
    {
        Assert.Contains("cluster.allowPublicAddress", Refusal(host));
        Assert.Contains("cannot listen there", Refusal(host, allowPublic: true)); // allowed, but not this machine's
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void All_addresses_are_none(string host) =>
        Assert.Contains("name the one", Refusal(host, allowPublic: true));

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

    private static string Refusal(string host, int port = 0, bool allowPublic = false) =>
        Assert.Throws<StarlingException>(() => NodeAddress.Check(host, port, allowPublic)).Message;
}
