using System.Net;
using Starling.Actors.Clustering.Names;
using Starling.Actors.Tests.LocalCluster;

namespace Starling.Actors.Tests.Clustering;

public sealed class NameLookUpsTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly StubNames _service = new();
    private readonly ManualTimers _time = new();
    private readonly NameLookUps _names;

    public NameLookUpsTests() => _names = new NameLookUps(_service, _time);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Addresses_come_in_one_order_whatever_the_name_server_s_is()
    {
        _service.Set("sup", "::1", "10.0.0.9", "10.0.0.10", "10.0.0.9");
        NameAnswer answer = await FindAsync("sup");
        Assert.Equal(["10.0.0.9", "10.0.0.10", "::1"], answer.Addresses.Select(a => a.ToString()));
        Assert.Null(answer.Problem);
    }

    [Fact]
    public async Task An_address_is_not_looked_up()
    {
        Assert.Equal(IPAddress.Parse("10.0.0.1"), Assert.Single((await FindAsync("10.0.0.1")).Addresses));
        Assert.Equal(IPAddress.IPv6Loopback, Assert.Single((await FindAsync("[::1]")).Addresses));
        Assert.Equal(0, _service.Asked);
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("")]
    public async Task A_name_that_does_not_exist_is_told_from_one_that_nobody_knows_now(string name)
    {
        NameAnswer unknown = await FindAsync(name);
        Assert.Equal((true, "there is no such host"), (unknown.IsUnknown, unknown.Problem));
        NameAnswer unanswered = await FindAsync("sup", _service.Fail("sup"));
        Assert.False(unanswered.IsUnknown);
        Assert.Contains("cannot be looked up now", unanswered.Problem, StringComparison.Ordinal);
        Assert.Empty(unanswered.Addresses);
    }

    [Fact]
    public async Task A_name_server_that_hangs_costs_the_time_limit_and_one_thread_and_its_late_answer_counts()
    {
        _service.Set("sup", "10.0.0.1").Hang();
        for (int i = 0; i < 3; i++)
        {
            Task<NameAnswer> asked = FindAsync("sup");
            _time.Advance(Timeout);
            NameAnswer none = await asked;
            Assert.Equal((false, "the name server has not answered in 3 s"), (none.IsUnknown, none.Problem));
        }
        Task<NameAnswer> late = FindAsync("sup");
        _service.GoOn();
        Assert.Equal("10.0.0.1", Assert.Single((await late).Addresses).ToString());
        Assert.Equal(1, _service.Asked);
        _service.Set("sup", "10.0.0.2"); // asked anew
        Assert.Equal("10.0.0.2", Assert.Single((await FindAsync("sup")).Addresses).ToString());
    }

    [Fact]
    public async Task The_system_knows_this_machine() => Assert.Contains(IPAddress.Loopback,
        (await new NameLookUps(SystemNameService.Instance, TimeProvider.System).FindAsync(
            "localhost", TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Addresses);

    private Task<NameAnswer> FindAsync(string name, StubNames? _ = null) =>
        _names.FindAsync(name, Timeout, TestContext.Current.CancellationToken);
}
