using Akka.Actor;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Protocol;
using Starling.Data.Batches;
using Starling.Model.Snapshots;
using Starling.Model.Training;

namespace Starling.Actors.Training;

/// <summary>
/// Turns the reports of a loop into messages to actors. Remembers the last report to the supervisor, so that the
/// trainer's actor can repeat it: a message to another node may be lost. The last report says all: each one implies
/// those before it.
/// </summary>
/// <param name="name">The trainer's name in the cluster.</param>
/// <param name="self">The trainer's actor.</param>
/// <param name="actors">The actors that get the messages.</param>
internal sealed class TrainerReports(string name, IActorRef self, TrainerActor.Peers actors) : ITrainerReports
{
    private object? _last;

    /// <summary>The last report to the supervisor; null for none in the present generation. Thread-safe.</summary>
    public object? Last => Volatile.Read(ref _last);

    public void Bound(long generation, byte[] engineAddress, long step, long checkpoint) =>
        Report(new SupervisorProtocol.TrainerBound(name, generation, engineAddress, step, checkpoint));

    public void Ready(long generation, long step, long checkpoint) =>
        Tell(self, new LoopReady(generation, step, checkpoint));

    public void Stepped(long generation, StepResult result, StepTiming timing, IReadOnlyList<BadImage> bad)
    {
        Tell(actors.Monitor, new MonitorProtocol.Stepped(generation, result, timing, bad));
        Report(new SupervisorProtocol.StepApplied(name, generation, result.Step,
            timing.Busy.TotalSeconds, (timing.Waited + timing.Exchanged).TotalSeconds)
        {
            Figures = Figures(result, timing),
        });
    }

    public void Captured(CheckpointSnapshot snapshot, LossParts? losses, TimeSpan blocked)
    {
        Tell(actors.Monitor, new MonitorProtocol.Captured(snapshot.Step, blocked));
        Tell(actors.Checkpointer, new CheckpointerProtocol.Save(snapshot, Figures(losses)));
    }

    public void ExchangeBroke(long generation, string reason) =>
        Report(new SupervisorProtocol.ExchangeBroke(name, generation, reason));

    public void Ended(long generation, long step) =>
        Report(new SupervisorProtocol.TrainingEnded(name, generation, step));

    /// <summary>Tells that no loader can give a share at the moment.</summary>
    public void DataFailed(long generation, string reason) =>
        Tell(actors.Supervisor, new SupervisorProtocol.DataFailed(name, generation, reason));

    public void Note(string line) => Tell(actors.Monitor, new MonitorProtocol.Note(line));

    public void Failed(Exception reason) => Tell(self, new LoopFailed(this, reason));

    /// <summary>Sends a report to the supervisor and remembers it.</summary>
    public void Report(object report)
    {
        Volatile.Write(ref _last, report);
        Tell(actors.Supervisor, report);
    }

    /// <summary>Sends the last report again.</summary>
    public void Repeat()
    {
        if (Last is { } last) Tell(actors.Supervisor, last);
    }

    /// <summary>Forgets the last report: a new generation has begun for this trainer.</summary>
    public void Forget() => Volatile.Write(ref _last, null);

    private static void Tell(IActorRef to, object message) => to.Tell(message, ActorRefs.NoSender);

    private static StepFigures Figures(StepResult r, StepTiming t) => new(t.Waited.TotalSeconds,
        t.Exchanged.TotalSeconds, Math.Max(0, (t.Total - t.Waited - t.Busy - t.Exchanged).TotalSeconds),
        r.Losses.Total, r.Losses.AutoRegressive, r.Losses.MaskedAttention, r.Losses.ContrastStep,
        r.Losses.ContrastView, r.GradientNorm, r.LearningRate, r.KeySimilarity);

    private static Dictionary<string, double> Figures(LossParts? losses) => losses is not { } l ? [] : new()
    {
        ["loss_ar"] = l.AutoRegressive,
        ["loss_mim"] = l.MaskedAttention,
        ["loss_contrast_step"] = l.ContrastStep,
        ["loss_contrast_view"] = l.ContrastView,
        ["loss_total"] = l.Total,
    };

    /// <summary>
    /// Tells the trainer's actor that a host holds the generation's state, or, with step −1, that a spare is prepared.
    /// </summary>
    public sealed record LoopReady(long Generation, long Step, long Checkpoint) : INoSerializationVerificationNeeded;

    /// <summary>Tells the trainer's actor that the loop of these reports failed.</summary>
    public sealed record LoopFailed(TrainerReports Source, Exception Reason) : INoSerializationVerificationNeeded;
}
