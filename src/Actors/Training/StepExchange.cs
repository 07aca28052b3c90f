using Starling.Model.Replicas;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>
/// Wraps a generation's exchange for a trainer's steps. Calls throw once the generation is aborted, a step is confirmed
/// only with a valid permit, and the time of all calls is measured.
/// </summary>
/// <param name="inner">Carries out the exchange.</param>
/// <param name="permit">Has to be valid to confirm a step.</param>
/// <param name="time">The clock.</param>
/// <param name="aborted">Cancelled when the generation ends for this trainer.</param>
internal sealed class StepExchange(
    IReplicaExchange inner, StepPermit permit, TimeProvider time, CancellationToken aborted) : IReplicaExchange
{
    private TimeSpan _spent;

    public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted) => Timed(() => inner.Gather(hosted));

    public Tensor Sum(ReplicaSum hosted) => Timed(() => inner.Sum(hosted));

    public void Confirm() => Timed(() =>
    {
        // The permit is awaited before the barrier: once the barrier is passed, the other trainers apply the step.
        permit.Await(aborted);
        inner.Confirm();
        return true;
    });

    /// <summary>Returns the time spent in exchanges since the last call; most of it is waiting for others.</summary>
    public TimeSpan TakeTime()
    {
        TimeSpan spent = _spent;
        _spent = TimeSpan.Zero;
        return spent;
    }

    private T Timed<T>(Func<T> work)
    {
        aborted.ThrowIfCancellationRequested();
        long start = time.GetTimestamp();
        try
        {
            return work();
        }
        finally
        {
            _spent += time.GetElapsedTime(start);
        }
    }
}
