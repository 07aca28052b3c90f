using System.Text.Json;
using Akka.Configuration;
using Akka.Coordination;
using Starling.Actors.Hosting;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Hosting;

public sealed class FileLeaseTests : ActorTests
{
    private const string Name = "starling-singleton-akka://starling/user/supervisor";

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
        Lease first = Lease("a"), second = Lease("b");
        Assert.True(await first.Acquire());
        // Each try lasts longer than half of the lease.
        for (int i = 0; i < 4; i++) Assert.False(await second.Acquire());
        Assert.True(first.CheckLease());
    }

    [Fact]
    public async Task The_same_address_in_another_process_is_another_owner()
    {
        Assert.True(await Lease("starling@10.0.0.1:4000").Acquire());
        Assert.False(await Lease("starling@10.0.0.1:4000").Acquire());
    }

    [Fact]
    public async Task Its_loss_is_told_to_its_owner_and_to_the_node()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LeaseLost));
        Lease lease = Lease("a");
        TaskCompletionSource lost = new();
        Assert.True(await lease.Acquire(_ => lost.TrySetResult()));
        string path = Folder[FileLease.FileNameOf(Name)];
        // As if it had been frozen for long, and another one had taken it.
        File.WriteAllText(path + ".other", JsonSerializer.Serialize(new LeaseRecord("b", 7, 7, Released: false)));
        File.Move(path + ".other", path, overwrite: true);

        await lost.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(lease.CheckLease());
        Assert.Equal(Name, ExpectMsg<LeaseLost>(Patience).Lease);
    }

    private Lease Lease(string owner)
    {
        Config config = ConfigurationFactory.ParseString($$"""
            heartbeat-timeout = 5s, heartbeat-interval = 100ms, lease-operation-timeout = 3s
            folder = {{JsonSerializer.Serialize(Folder.Path)}}
            """);
        return new FileLease(new LeaseSettings(Name, owner, TimeoutSettings.Create(config), config),
            (Akka.Actor.ExtendedActorSystem)Sys, TimeProvider.System, _ => Task.FromResult(false));
    }
}
