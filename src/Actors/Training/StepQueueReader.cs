using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Akka.Actor;

namespace Starling.Actors.Training;

/// <summary>
/// The trainer's end of the bounded channel of steps. Taking a step sends the feeder a message, because a channel
/// notifies its writer of free room only if it was full before.
/// </summary>
/// <param name="steps">The channel's reader.</param>
/// <param name="feeder">The <see cref="BatchFeeder"/> that writes into the channel.</param>
internal sealed class StepQueueReader(ChannelReader<StepBatch> steps, IActorRef feeder) : ChannelReader<StepBatch>
{
    /// <inheritdoc/>
    public override bool CanCount => steps.CanCount;

    /// <inheritdoc/>
    public override int Count => steps.Count;

    /// <inheritdoc/>
    public override Task Completion => steps.Completion;

    /// <inheritdoc/>
    public override bool TryRead([MaybeNullWhen(false)] out StepBatch item)
    {
        if (!steps.TryRead(out item)) return false;
        feeder.Tell(BatchFeeder.StepTaken.Instance, ActorRefs.NoSender);
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        steps.WaitToReadAsync(cancellationToken);
}
