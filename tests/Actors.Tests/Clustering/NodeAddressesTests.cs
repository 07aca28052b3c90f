using System.Net;
using System.Net.Sockets;
using Starling.Actors.Clustering;
using Starling.Actors.Clustering.Names;
using Starling.Actors.Tests.LocalCluster;
using Starling.Data;

namespace Starling.Actors.Tests.Clustering;

public sealed class NodeAddressesTests : IDisposable
{
    private readonly StubNames _service = new();
    private readonly ManualTimers _time = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task A_node_may_listen_on_an_address_of_this_machine()
    {
        _service.Set("node", "::1", "127.0.0.1");
        Assert.Equal(IPAddress.Loopback, await FindAsync("127.0.0.1"));
        Assert.Equal(IPAddress.Loopback, await FindAsync("node"));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_one_clear_error() =>
        Assert.Contains("--host nosuch is neither an address nor a name", await RefusalAsync("nosuch"));

    [Fact]
    public async Task A_name_server_that_fails_is_asked_again_and_then_the_node_is_to_be_started_again()
    {
        _service.Fail("node");
        Task<IPAddress> finding = FindAsync("node");
        await StepAsync(finding);
        Assert.Contains("asking again", Assert.Single(_notes), StringComparison.Ordinal);
        _service.Set("node", "127.0.0.1");
        await StepAsync(finding);
        Assert.Equal(IPAddress.Loopback, await finding);

        _service.Fail("node");
        finding = FindAsync("node");
        while (!finding.IsCompleted) await StepAsync(finding);
        Assert.Contains("--host node",
            (await Assert.ThrowsAsync<TryAgainException>(() => finding)).Message, StringComparison.Ordinal);
        Assert.Equal(2, _notes.Count);
    }

    [Fact]
    public async Task A_wait_for_a_name_server_can_be_ended()
    {
        _service.Hang();
        using CancellationTokenSource interrupt = new();
        Task<IPAddress> finding = FindAsync("node", cancellation: interrupt.Token);
        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_clear_error()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        Assert.Contains($"--port {port}: cannot listen there", await RefusalAsync("127.0.0.1", port));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_clear_error() =>
        Assert.Contains("--host 10.255.255.254 --port 0: cannot listen there", await RefusalAsync("10.255.255.254"));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:8.8.8.8")]
    public async Task A_public_one_has_to_be_allowed(string host)
    {
        Assert.Contains("cluster.allowPublicAddress", await RefusalAsync(host));
        // Allowed, but not this machine's.
        Assert.Contains("cannot listen there", await RefusalAsync(host, allowPublic: true));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task All_addresses_are_none(string host)
    {
        Assert.Contains("name the one", await RefusalAsync(host, allowPublic: true));
        await Assert.ThrowsAsync<StarlingException>(() => ExchangeAsync(host, allowPublic: true));
    }

    [Fact]
    public async Task The_exchange_may_have_an_address_a_name_or_a_network_interface_and_no_public_one()
    {
        _service.Set("fast", "127.0.0.1");
        Assert.Equal(IPAddress.Parse("127.0.0.2"), await ExchangeAsync("127.0.0.2"));
        Assert.Equal(IPAddress.Loopback, await ExchangeAsync("lo"));
        Assert.Equal(IPAddress.Loopback, await ExchangeAsync("fast"));
        Assert.Contains("cluster.collectiveHost = nosuch is neither",
            (await Assert.ThrowsAsync<StarlingException>(() => ExchangeAsync("nosuch"))).Message);
        StarlingException refused =
            await Assert.ThrowsAsync<StarlingException>(() => ExchangeAsync("203.0.113.1"));
        Assert.Contains("203.0.113.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("not encrypted", refused.Message, StringComparison.Ordinal);
        // It may be listened on, but is not this machine's.
        Assert.Contains("cannot listen there", (await Assert.ThrowsAsync<StarlingException>(
            () => ExchangeAsync("203.0.113.1", allowPublic: true))).Message, StringComparison.Ordinal);
    }

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

    private async Task<string> RefusalAsync(string host, int port = 0, bool allowPublic = false) =>
        (await Assert.ThrowsAsync<StarlingException>(() => FindAsync(host, port, allowPublic))).Message;

    private Task<IPAddress> FindAsync(string host, int port = 0, bool allowPublic = false,
        CancellationToken cancellation = default) => Addresses(allowPublic).OfNodeAsync(
        host, port, _notes.Add, cancellation);

    private Task<IPAddress> ExchangeAsync(string host, bool allowPublic = false) =>
        Addresses(allowPublic).OfExchangeAsync(host, _notes.Add, TestContext.Current.CancellationToken);

    private NodeAddresses Addresses(bool allowPublic) => new(new NameLookUps(_service, _time), allowPublic, _time);

    private async Task StepAsync(Task finding)
    {
        TimeSpan pause = TimeSpan.FromSeconds(2);
        await Task.WhenAny(_time.AwaitedAsync(pause), finding).WaitAsync(TimeSpan.FromMinutes(1));
        _time.Advance(pause);
    }
}
