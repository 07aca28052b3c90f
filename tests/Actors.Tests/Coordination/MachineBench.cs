using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Data;

namespace Starling.Actors.Tests.Coordination;

/// <summary>A machine with what its trainers would say.</summary>
internal sealed class MachineBench
{
    public RunPlan Plan { get; set; } = new(Steps: 12, Replicas: 4, EvaluateEverySteps: 0, EvaluationEnabled: false);

    public RunState State { get; set; } = new() { Loaders = 1 };

    public long Generation => State.Generation;

    public IReadOnlyList<RunEffect> Apply(RunEvent happened)
    {
        (State, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(Plan, State, happened);
        return effects;
    }

    public IReadOnlyList<RunEffect> Join(string trainer, long incarnation = 1) =>
        Apply(new RunEvent.TrainerJoined(trainer, incarnation));

    public IReadOnlyList<RunEffect> Lose(string trainer, long incarnation = 1) =>
        Apply(new RunEvent.TrainerLost(trainer, incarnation, "unplugged"));

    public IReadOnlyList<RunEffect> Fail(string trainer, string reason = "out of memory", long incarnation = 1) =>
        Apply(new RunEvent.TrainerFailed(trainer, incarnation, reason));

    public IReadOnlyList<RunEffect> Unfit(string trainer, FaultScope scope, long incarnation = 1) =>
        Apply(new RunEvent.TrainerUnfit(trainer, incarnation, "no tokenizer", scope));

    public IReadOnlyList<RunEffect> Leave(string trainer) => Apply(new RunEvent.TrainerLeaving(trainer, 1));

    public IReadOnlyList<RunEffect> Bind(string trainer, long step = -1, long checkpoint = -1) =>
        Apply(new RunEvent.TrainerBound(trainer, Generation, new byte[] { (byte)trainer[0] }, step, checkpoint));

    public IReadOnlyList<RunEffect> Ready(string trainer, long step = 0, long checkpoint = -1) =>
        Apply(new RunEvent.TrainerReady(trainer, Generation, step, checkpoint));

    public IReadOnlyList<RunEffect> Break(string trainer) =>
        Apply(new RunEvent.ExchangeBroke(trainer, Generation, "connection reset"));

    public IReadOnlyList<RunEffect> Answer(string trainer, long? sequence = null) =>
        Apply(new RunEvent.TrainerAnswered(trainer, 1, sequence ?? State.Sequence, State.Generation));

    public IReadOnlyList<RunEffect> Ring(RunTimer timer) => Apply(new RunEvent.TimerRang(timer, Generation));

    public IReadOnlyList<RunEffect> Tick() => Apply(new RunEvent.Ticked());

    public IReadOnlyList<RunEffect> End(long step) =>
        Apply(new RunEvent.TrainingEnded(State.Hosting[0].Trainer, Generation, step));

    public IReadOnlyList<RunEffect> Store(long step) => Apply(new RunEvent.CheckpointCommitted(Generation, step));

    /// <summary>All hosts apply a step.</summary>
    public void Step(long step)
    {
        foreach (HostedReplicas host in State.Hosting)
            Apply(new RunEvent.StepApplied(host.Trainer, Generation, step, 1, 0));
    }

    /// <summary>The hosts of the generation being formed bind and get ready with a state.</summary>
    public IReadOnlyList<RunEffect> GetReady(long step = 0, long checkpoint = -1)
    {
        IReadOnlyList<RunEffect> last = [];
        foreach (HostedReplicas host in State.Hosting) Bind(host.Trainer);
        foreach (HostedReplicas host in State.Hosting) last = Ready(host.Trainer, step, checkpoint);
        Assert.Equal(RunPhase.Running, State.Phase);
        return last;
    }

    /// <summary>These trainers make steps.</summary>
    public void Run(params string[] trainers)
    {
        foreach (string trainer in trainers) Join(trainer);
        GetReady();
    }
}
