using Starling.Actors.Supervision;

namespace Starling.Actors.Tests.Supervision;

/// <summary>
/// A cluster that does what the effects say, in an order that a test's numbers choose: messages of one sender keep
/// their order, those of different senders do not. Trainers may crash; checkpoints are slow.
/// </summary>
internal sealed class SimulatedCluster(RunPlan plan, int trainers, long checkpointEvery)
{
    private const int Trainers = 0, Disk = 1, Evaluator = 2;

    private readonly Queue<RunEvent>[] _mail = [new(), new(), new()];
    private RunState _state = new();
    private long _training, _halted, _step, _durable = -1, _persisted;
    private int _incarnation = 1;

    public List<RunEffect> Effects { get; } = [];

    public RunEffect.End? Ending => Effects.OfType<RunEffect.End>().SingleOrDefault();

    public RunState State => _state;

    public void Start()
    {
        for (int i = 0; i < trainers; i++) _mail[Trainers].Enqueue(new RunEvent.TrainerJoined($"t{i}", _incarnation));
    }

    /// <summary>One thing happens, if anything can.</summary>
    public bool Happen(int choice)
    {
        List<Action> possible =
            [.. _mail.Where(m => m.Count > 0).Select<Queue<RunEvent>, Action>(m => () => Deliver(m.Dequeue()))];
        if (_training > 0) possible.Add(MakeStep);
        if (possible.Count == 0) return false;
        possible[choice % possible.Count]();
        return true;
    }

    public void Crash(int choice)
    {
        if (_state.Phase == RunPhase.Ended) return;
        string victim = $"t{choice % trainers}";
        _training = 0;
        _mail[Trainers].Enqueue(new RunEvent.TrainerLost(victim, "crashed"));
        _mail[Trainers].Enqueue(new RunEvent.TrainerJoined(victim, ++_incarnation));
    }

    public void Deliver(RunEvent happened)
    {
        (_state, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(plan, _state, happened);
        foreach (RunEffect effect in effects) Perform(effect);
    }

    private void Perform(RunEffect effect)
    {
        Effects.Add(effect);
        switch (effect)
        {
            case RunEffect.PersistGeneration e:
                Assert.True(e.Generation > _persisted);
                _persisted = e.Generation;
                break;
            case RunEffect.Assign e:
                Assert.Equal(_persisted, e.Generation);
                _training = 0;
                _step = Math.Max(_durable, 0);
                _mail[Trainers].Enqueue(new RunEvent.TrainerReady(e.Trainer, e.Generation, _step, _durable));
                break;
            case RunEffect.Begin e:
                _training = e.Generation;
                break;
            case RunEffect.Halt e:
                _halted = e.Generation;
                break;
            case RunEffect.Evaluate e:
                Assert.True(e.Step <= _durable);
                _mail[Evaluator].Enqueue(new RunEvent.EvaluationEnded(e.Step, e.Step % 3 == 0 ? "failed" : null));
                break;
            default:
                Assert.IsType<RunEffect.End>(effect);
                break;
        }
    }

    private void MakeStep()
    {
        if (_step < plan.Steps && _halted != _training)
        {
            _mail[Trainers].Enqueue(new RunEvent.StepCommitted(_training, ++_step));
            if (_step % checkpointEvery == 0) Store();
            return;
        }
        if (_step > _durable) Store();
        _mail[Trainers].Enqueue(new RunEvent.TrainingEnded(_training, _step));
        _training = 0;
    }

    private void Store()
    {
        _durable = _step;
        _mail[Disk].Enqueue(new RunEvent.CheckpointCommitted(_training, _step));
    }
}
