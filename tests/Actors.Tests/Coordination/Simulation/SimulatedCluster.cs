using Starling.Actors.Coordination;

namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>
/// Supervisors, trainers, an evaluator and a disk, whose every next move a test's numbers choose: messages of one
/// sender keep their order, nothing else does. Checks on the way that nothing is committed that should not be.
/// </summary>
internal sealed class SimulatedCluster
{
    public const long CheckpointEvery = 2;

    private readonly List<SimulatedSupervisor> _supervisors = [];
    private readonly SortedDictionary<string, SimulatedTrainer> _trainers = [];
    private readonly Dictionary<long, SimulatedExchange> _exchanges = [];
    private readonly Dictionary<long, SimulatedState> _contents = [];
    private readonly HashSet<(long Generation, string Trainer, long Step)> _applied = [];
    private int _named;

    public SimulatedCluster(RunPlan plan, int trainers)
    {
        Plan = plan;
        _supervisors.Add(new SimulatedSupervisor(this));
        for (int i = 0; i < trainers; i++) Add();
    }

    public RunPlan Plan { get; }

    public SimulatedDisk Disk { get; } = new();

    public SimulatedSupervisor Leader => _supervisors[^1];

    public SimulatedTrainer? Trainer(string name) => _trainers.GetValueOrDefault(name);

    public SimulatedExchange Exchange(long generation, IReadOnlyList<HostedReplicas> hosting)
    {
        if (!_exchanges.TryGetValue(generation, out SimulatedExchange? exchange))
            _exchanges.Add(generation, exchange = new SimulatedExchange(hosting));
        return exchange;
    }

    /// <summary>A host holds a state in a generation; whoever else did, ever, held the same.</summary>
    public void Applied(long generation, string trainer, SimulatedState state)
    {
        if (!_contents.TryAdd(state.Step, state)) Assert.Equal(_contents[state.Step], state);
        _applied.Add((generation, trainer, state.Step));
    }

    public void CheckCommit(RunState state) => Assert.All(state.Hosting, host => Assert.True(
        _applied.Contains((state.Generation, host.Trainer, state.Step)), "committed before all have applied it"));

    /// <summary>Anything that is possible happens, faults too.</summary>
    public void Chaos(int choice)
    {
        List<Action> possible = [.. Deliveries(), .. Obediences(), .. Work(), .. Evaluations()];
        foreach (SimulatedSupervisor supervisor in _supervisors.Where(s => !s.Fenced))
        {
            possible.Add(supervisor.Tick);
            if (supervisor.Ring is { } ring) possible.Add(ring);
        }
        possible.AddRange(_trainers.Values.Where(t => t.Alive && !t.Frozen).Select<SimulatedTrainer, Action>(
            t => t.Register));
        int fault = choice / 1000 % 12;
        if (fault == 0) Fault(choice % 1000);
        else possible[choice % possible.Count]();
    }

    /// <summary>
    /// No more faults: everybody comes back, and timers ring only when nothing else happens. What is possible happens
    /// in an order that the number chooses.
    /// </summary>
    public void Peace(int choice)
    {
        foreach (SimulatedTrainer trainer in _trainers.Values)
        {
            if (trainer.Frozen) Thaw(trainer);
            if (!trainer.Alive && !trainer.Gone) trainer.Restart();
        }
        if (_trainers.Values.All(t => t.Gone || t.Leaving)) Add();
        Action[] possible = [.. Deliveries(), .. Obediences(), .. Work(), .. Evaluations()];
        if (possible.Length == 0)
            possible = [.. _trainers.Values.Where(t => t.Alive && !Leader.State.Trainers.ContainsKey(t.Name))
                .Select<SimulatedTrainer, Action>(t => t.Register)];
        if (possible.Length == 0) possible = Leader.Ring is { } ring ? [ring, Leader.Tick] : [Leader.Tick];
        possible[choice % possible.Length]();
    }

    /// <summary>Asks to stop; the user asks again if the supervisor that heard it is gone.</summary>
    public void Stop() => Leader.Hear(new RunEvent.StopRequested());

    private void Add()
    {
        SimulatedTrainer trainer = new($"t{_named++}", this);
        _trainers.Add(trainer.Name, trainer);
        trainer.Register();
    }

    private void Fault(int choice)
    {
        SimulatedTrainer trainer = _trainers.Values.ElementAt(choice / 10 % _trainers.Count);
        switch (choice % 10)
        {
            case 0 or 1 or 2:
                if (trainer.Alive) trainer.Die();
                else if (!trainer.Gone) trainer.Restart();
                break;
            case 3:
                if (trainer.Frozen) Thaw(trainer);
                else Freeze(trainer, choice / 100);
                break;
            case 4:
                if (trainer.Alive && !trainer.Frozen) trainer.Fail();
                break;
            case 5:
                trainer.Leaving = trainer.Alive;
                break;
            case 6:
                if (_trainers.Count < 6) Add();
                break;
            case 7:
                _supervisors.Add(new SimulatedSupervisor(this)); // the one before does not know yet
                break;
            case 8:
                Leader.Evaluations.Clear();
                Leader.Hear(new RunEvent.EvaluatorLost("e"));
                Leader.Hear(new RunEvent.EvaluatorJoined("e"));
                break;
            default:
                foreach (SimulatedTrainer each in _trainers.Values.Where(t => t.Alive)) each.Die();
                break;
        }
    }

    /// <summary>The cluster notices or does not, and gives the trainer up or does not.</summary>
    private void Freeze(SimulatedTrainer trainer, int noticed)
    {
        trainer.Frozen = true;
        if (noticed % 3 > 0) Leader.Hear(new RunEvent.TrainerSilent(trainer.Name));
        if (noticed % 3 > 1) Leader.Hear(new RunEvent.TrainerLost(trainer.Name, trainer.Incarnation, "given up"));
    }

    private void Thaw(SimulatedTrainer trainer)
    {
        trainer.Frozen = false;
        Leader.Hear(new RunEvent.TrainerBack(trainer.Name));
    }

    private IEnumerable<Action> Deliveries() =>
        _trainers.Values.Where(t => t.Mail.Count > 0).Select<SimulatedTrainer, Action>(t => () =>
        {
            (SimulatedSupervisor to, RunEvent happened) = t.Mail.Dequeue();
            to.Hear(happened);
        });

    private IEnumerable<Action> Obediences() => _trainers.Values
        .Where(t => t.Orders.Count > 0 && t.Alive && !t.Frozen).Select<SimulatedTrainer, Action>(t => t.Obey);

    private IEnumerable<Action> Work() => _trainers.Values.SelectMany(t => t.Work());

    private IEnumerable<Action> Evaluations() =>
        _supervisors.Where(s => s.Evaluations.Count > 0).Select<SimulatedSupervisor, Action>(s => () =>
        {
            long step = s.Evaluations.Dequeue();
            s.Hear(new RunEvent.EvaluationEnded(step, step % 3 == 0 ? "failed" : null));
        });
}
