using Starling.Actors.Clustering;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

public sealed class LeaseFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_owner_at_a_time()
    {
        LeaseFile first = Lease("a"), second = Lease("b");
        Assert.True(await TakeAsync(first));
        Assert.False(await TakeAsync(second));
        Assert.True(await RenewAsync(first));
        Assert.False(await RenewAsync(second));
    }

    [Fact]
    public async Task Of_many_that_come_at_once_one_gets_it()
    {
        bool[] got = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Task.Run(() => TakeAsync(Lease($"owner {i}")))));
        Assert.Single(got, taken => taken);
    }

    [Fact]
    public async Task An_owner_that_shows_no_sign_of_life_loses_it_and_finds_out()
    {
        LeaseFile first = Lease("a"), second = Lease("b");
        await TakeAsync(first);
        second.Look();
        _time.Advance(5.9);
        Assert.False(await TakeAsync(second));
        _time.Advance(0.2);
        Assert.True(await TakeAsync(second));
        Assert.False(await RenewAsync(first));
        Assert.False(await TakeAsync(first));
    }

    /// <summary>A full disk lets nobody make another file, and lets the room of a file be written again.</summary>
    [Fact]
    public async Task A_full_disk_does_not_cost_the_owner_its_lease()
    {
        LeaseFile first = Lease("a"), second = Lease("b");
        await TakeAsync(first);
        second.Look();
        Directory.CreateDirectory(_folder["x.lease.new"]); // the name of the second file is taken
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(4);
            Assert.True(await RenewAsync(first));
            Assert.Equal(i + 2, second.Look()!.Beat);
        }
        Assert.False(await TakeAsync(second));
        Directory.Delete(_folder["x.lease.new"]);
        Assert.True(await RenewAsync(first));
    }

    [Fact]
    public async Task An_owner_that_renews_keeps_it_however_long_others_wait()
    {
        LeaseFile first = Lease("a"), second = Lease("b");
        await TakeAsync(first);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(await RenewAsync(first));
            Assert.False(await TakeAsync(second));
            _time.Advance(5);
        }
    }

    [Fact]
    public async Task Whoever_comes_new_cannot_know_how_old_the_last_sign_of_life_is_and_waits()
    {
        await TakeAsync(Lease("a"));
        _time.Advance(100);
        LeaseFile newcomer = Lease("b");
        Assert.False(await TakeAsync(newcomer));
        _time.Advance(6.1);
        Assert.True(await TakeAsync(newcomer));
    }

    [Fact]
    public async Task A_released_lease_is_free_at_once()
    {
        LeaseFile first = Lease("a");
        await TakeAsync(first);
        await first.ReleaseAsync(TestContext.Current.CancellationToken);
        Assert.False(await RenewAsync(first));
        Assert.True(await TakeAsync(Lease("b")));
    }

    [Fact]
    public async Task Nobody_releases_what_is_not_theirs()
    {
        LeaseFile first = Lease("a");
        await TakeAsync(first);
        await Lease("b").ReleaseAsync(TestContext.Current.CancellationToken);
        Assert.True(await RenewAsync(first));
    }

    [Fact]
    public async Task The_token_grows_with_every_owner_and_not_with_every_beat()
    {
        LeaseFile first = Lease("a"), second = Lease("b");
        await TakeAsync(first);
        await RenewAsync(first);
        Assert.Equal(1, first.Look()!.Token);
        await first.ReleaseAsync(TestContext.Current.CancellationToken);
        await TakeAsync(second);
        Assert.Equal(2, second.Look()!.Token);
    }

    [Fact]
    public async Task A_file_that_a_power_cut_emptied_is_free_after_the_lease_s_duration()
    {
        File.WriteAllText(_folder["some.lease"], "");
        LeaseFile lease = Lease("a");
        Assert.False(await TakeAsync(lease));
        _time.Advance(6.1);
        Assert.True(await TakeAsync(lease));
    }

    [Fact]
    public async Task It_is_taken_over_from_those_who_hold_it_for_the_taker_too_and_from_nobody_else()
    {
        LeaseFile friend = Lease("friend"), taker = Lease("taker");
        Assert.True(await TakeAsync(friend));
        CancellationToken end = TestContext.Current.CancellationToken;
        Assert.False(await taker.TryTakeAsync(renew: false, end, owner => owner == "foe"));
        Assert.False(await taker.TryTakeAsync(renew: true, end, owner => owner == "friend"));
        Assert.True(await taker.TryTakeAsync(renew: false, end, owner => owner == "friend"));
        Assert.False(await RenewAsync(friend));
        Assert.True(await RenewAsync(taker));
    }

    private LeaseFile Lease(string owner) =>
        new(_folder["some.lease"], owner, TimeSpan.FromSeconds(6), _time, tries: 10_000);

    private static Task<bool> TakeAsync(LeaseFile lease) =>
        lease.TryTakeAsync(renew: false, TestContext.Current.CancellationToken);

    private static Task<bool> RenewAsync(LeaseFile lease) =>
        lease.TryTakeAsync(renew: true, TestContext.Current.CancellationToken);
}
