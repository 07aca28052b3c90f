using System.Text.Json;
using Akka.Coordination;
using Starling.Actors.Clustering;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

public sealed class FileLeaseTests : ActorTests
{
    private const string Name = "starling-singleton-akka://starling/user/supervisor";
    private readonly TestLeases _leases;

    public FileLeaseTests() => _leases = new TestLeases(Sys, Folder);

    [Fact]
    public async Task A_second_owner_gets_it_when_the_first_gives_it_up()
    {
        Lease first = Lease("a"), second = Lease("b");
        Assert.True(await first.Acquire());
        Assert.True(first.CheckLease());
        Assert.False(await second.Acquire());
        Assert.False(second.CheckLease());

        Assert.True(await first.Release());
        Assert.False(first.CheckLease());
        Assert.True(await second.Acquire());
    }

    [Fact]
    public async Task It_is_renewed_for_longer_than_it_lasts()
    {
        ManualTime time = new();
        Lease first = Lease("a", time), second = Lease("b", time);
        Assert.True(await first.Acquire());
        for (int i = 0; i < 5; i++)
        {
            Task<bool> refused = second.Acquire();
            time.Advance(0.7 * TestLeases.Duration.TotalSeconds);
            long beat = Beat();
            // Two: the first may have begun before the time went on.
            AwaitAssert(() => Assert.True(Beat() >= beat + 2), Timeout);
            Assert.True(first.CheckLease());
            Assert.False(await refused.WaitAsync(Timeout, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_same_address_in_another_process_is_another_owner()
    {
        Assert.True(await Lease("starling@10.0.0.1:4000").Acquire());
        Assert.False(await Lease("starling@10.0.0.1:4000").Acquire());
    }

    [Fact]
    public async Task Its_renewals_are_told_to_the_node()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LeaseRenewed));
        Assert.True(await Lease("a").Acquire());
        ExpectMsg<LeaseRenewed>(Timeout);
        ExpectMsg<LeaseRenewed>(Timeout); // the first renewal
    }

    [Fact]
    public async Task Its_loss_is_told_to_its_owner_and_to_the_node()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LeaseLost));
        Lease lease = Lease("a");
        TaskCompletionSource lost = new();
        Assert.True(await lease.Acquire(_ => lost.TrySetResult()));
        // As if it had been frozen for long, and another one had taken it.
        LeaseFile other = new(LeasePath, "b", TestLeases.Duration, TimeProvider.System);
        Assert.True(await other.TryTakeAsync(renew: false, TestContext.Current.CancellationToken, _ => true));
        await lost.Task.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.False(lease.CheckLease());
        Assert.Equal(Name, ExpectMsg<LeaseLost>(Timeout).Lease);
    }

    [Fact]
    public async Task An_error_that_is_not_the_disk_s_does_not_end_its_renewal()
    {
        FailingTime time = new();
        Lease lease = Lease("a", time);
        Assert.True(await lease.Acquire());
        long beat = Beat();
        time.FailOnce();
        AwaitAssert(() => Assert.True(time.HasFailed && Beat() >= beat + 2), Timeout);
        Assert.True(lease.CheckLease());
    }

    /// <summary>A clock that throws once.</summary>
    private sealed class FailingTime : ManualTime
    {
        private int _fails;

        public bool HasFailed { get; private set; }

        public void FailOnce() => _fails = 1;

        public override long GetTimestamp()
        {
            if (Interlocked.Exchange(ref _fails, 0) == 0) return base.GetTimestamp();
            HasFailed = true;
            throw new InvalidOperationException("a fault");
        }
    }

    private string LeasePath => Folder[FileLease.FileNameOf(Name)];

    private long Beat() => JsonSerializer.Deserialize<LeaseRecord>(File.ReadAllText(LeasePath))!.Beat;

    private Lease Lease(string owner, TimeProvider? time = null) =>
        _leases.Make(Name, owner, TimeSpan.FromSeconds(1), time: time);

    protected override void AfterAll()
    {
        _leases.Release(Timeout);
        base.AfterAll();
    }
}
