using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Model.Replicas;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Training;

public sealed class StepPermitTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    [Fact]
    public void It_lasts_for_its_lease_after_each_renewal_and_no_longer()
    {
        ManualTime time = new();
        StepPermit permit = new(Lease, time);
        Assert.False(permit.IsValid);
        permit.Renew();
        time.Advance(9);
        Assert.True(permit.IsValid);
        permit.Renew();
        time.Advance(9);
        Assert.True(permit.IsValid);
        time.Advance(1);
        Assert.False(permit.IsValid);
    }

    [Fact]
    public void A_renewal_wakes_whoever_waits()
    {
        using CancellationTokenSource never = new();
        StepPermit permit = new(Lease, new ManualTime());
        Thread waiting = new(() => permit.Await(never.Token));
        waiting.Start();
        permit.Renew();
        Assert.True(waiting.Join(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void An_old_renewal_that_nobody_waited_for_does_not_count()
    {
        ManualTime time = new();
        StepPermit permit = new(Lease, time);
        permit.Renew();
        time.Advance(11);
        using CancellationTokenSource over = new();
        over.Cancel();
        Assert.Throws<OperationCanceledException>(() => permit.Await(over.Token));
    }

    [Fact]
    public void A_step_without_a_permit_does_not_reach_the_barrier()
    {
        ManualTime time = new();
        StepPermit permit = new(Lease, time);
        using CancellationTokenSource generation = new();
        Barrier barrier = new();
        StepExchange exchange = new(barrier, permit, time, generation.Token);
        permit.Renew();
        exchange.Confirm();
        Assert.Equal(1, barrier.Reached);
        time.Advance(11);
        generation.CancelAfter(TimeSpan.FromMilliseconds(1)); // or it would wait for ever, as it should
        Assert.Throws<OperationCanceledException>(exchange.Confirm);
        Assert.Equal(1, barrier.Reached);
    }

    private sealed class Barrier : IReplicaExchange
    {
        public int Reached { get; private set; }

        public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted) => throw new NotSupportedException();

        public Tensor Sum(ReplicaSum hosted) => throw new NotSupportedException();

        public void Confirm() => Reached++;
    }
}
