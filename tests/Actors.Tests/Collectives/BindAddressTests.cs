using System.Net;
using Starling.Actors.Collectives;
using Starling.Data;

namespace Starling.Actors.Tests.Collectives;

public class BindAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.255.0.1", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.1.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("172.15.0.1", false)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.169.0.1", false)]
    [InlineData("100.63.0.1", false)]
    [InlineData("100.128.0.1", false)]
    [InlineData("203.0.113.1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:203.0.113.1", false)]
    public void Addresses_that_are_routed_on_the_internet_are_not_private(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, BindAddress.IsPrivate(IPAddress.Parse(address)));

    [Fact]
    public void A_public_address_is_refused_unless_the_user_insists()
    {
        CollectiveOptions options = new() { Host = "203.0.113.1" };
        StarlingException refused = Assert.Throws<StarlingException>(() => BindAddress.Resolve(options));
        Assert.Contains("203.0.113.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("not encrypted", refused.Message, StringComparison.Ordinal);
        Assert.Equal(IPAddress.Parse("203.0.113.1"), BindAddress.Resolve(options with { AllowPublicAddress = true }));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void All_addresses_are_refused_always(string host) => Assert.Throws<StarlingException>(() =>
        BindAddress.Resolve(new CollectiveOptions { Host = host, AllowPublicAddress = true }));

    [Fact]
    public void A_host_may_be_a_name_or_a_network_interface()
    {
        Assert.Equal(IPAddress.Loopback, BindAddress.Resolve(new CollectiveOptions { Host = "lo" }));
        Assert.True(IPAddress.IsLoopback(BindAddress.Resolve(new CollectiveOptions { Host = "localhost" })));
        Assert.Throws<StarlingException>(() => BindAddress.Resolve(new CollectiveOptions { Host = "nowhere.invalid" }));
        // 192.0.2.0/24 is for documents, so it is no machine's.
        StarlingException elsewhere = Assert.Throws<StarlingException>(() => BindAddress.Usable(
            new CollectiveOptions { Host = "192.0.2.1", AllowPublicAddress = true }));
        Assert.Equal(FaultScope.Node, elsewhere.Scope);
        Assert.Contains("192.0.2.1", elsewhere.Message);
    }
}
