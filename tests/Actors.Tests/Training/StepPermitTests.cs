using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Model.Replicas;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Training;

public sealed class StepPermitTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(60);

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
    public void A_renewal_ends_the_wait_of_a_thread_that_found_the_permit_lapsed()
    {
        ReadTime time = new();
        StepPermit permit = new(Lease, time);
        permit.Renew();
        time.Advance(11);
        using ManualResetEventSlim lapsed = new();
        int readings = 0;
        // The thread uses up the first renewal, and reads the clock again before it waits for another one.
        time.OnReading = () =>
        {
            if (++readings == 2) lapsed.Set();
        };
        Thread waiting = new(() => permit.Await(CancellationToken.None)) { IsBackground = true };
        waiting.Start();
        Assert.True(lapsed.Wait(Timeout, TestContext.Current.CancellationToken));
        permit.Renew();
        Assert.True(waiting.Join(Timeout));
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
        ReadTime time = new();
        StepPermit permit = new(Lease, time);
        using CancellationTokenSource generation = new();
        Barrier barrier = new();
        StepExchange exchange = new(barrier, permit, time, generation.Token);
        permit.Renew();
        exchange.Confirm();
        Assert.Equal(1, barrier.Reached);
        time.Advance(11);
        int readings = 0;
        // Confirm reads the clock to time itself, and then to see whether the permit has lapsed. The generation ends
        // after that, so that Confirm ends its wait for a renewal.
        time.OnReading = () =>
        {
            if (++readings == 2) generation.Cancel();
        };
        Assert.Throws<OperationCanceledException>(exchange.Confirm);
        Assert.True(readings >= 2, "it did not look at the permit");
        Assert.Equal(1, barrier.Reached);
    }

    /// <summary>A clock that a test moves, and that tells when it is read.</summary>
    private sealed class ReadTime : ManualTime
    {
        public Action OnReading { get; set; } = () => { };

        public override long GetTimestamp()
        {
            OnReading();
            return base.GetTimestamp();
        }
    }

    private sealed class Barrier : IReplicaExchange
    {
        public int Reached { get; private set; }

        public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted) => throw new NotSupportedException();

        public Tensor Sum(ReplicaSum hosted) => throw new NotSupportedException();

        public void Confirm() => Reached++;
    }
}
