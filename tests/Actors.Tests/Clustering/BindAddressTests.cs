using System.Net;
using Starling.Actors.Clustering;

namespace Starling.Actors.Tests.Clustering;

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
}
