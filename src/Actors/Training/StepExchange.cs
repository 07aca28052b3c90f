using Starling.Model.Replicas;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>
/// A generation's exchange as a trainer's steps see it: ends with the generation, and confirms nothing without a
/// permit.
/// </summary>
/// <param name="inner">What carries it.</param>
/// <param name="permit">Needed to apply a step.</param>
/// <param name="time">The clock.</param>
/// <param name="aborted">The generation's end.</param>
internal sealed class StepExchange(
    IReplicaExchange inner, StepPermit permit, TimeProvider time, CancellationToken aborted) : IReplicaExchange
{
    private TimeSpan _spent;

    public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted) => Timed(() => inner.Gather(hosted));

    public Tensor Sum(ReplicaSum hosted) => Timed(() => inner.Sum(hosted));

    public void Confirm() => Timed(() =>
    {
        // Before the barrier, never after: once the others have got through, they have applied the step.
        permit.Await(aborted);
        inner.Confirm();
        return true;
    });

    /// <summary>Time spent since the last call, most of it waiting for others.</summary>
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
