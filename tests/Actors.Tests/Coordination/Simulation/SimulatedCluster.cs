using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>
/// Supervisors, trainers, an evaluator and a disk, whose every next move a test's numbers choose. Messages may be lost,
/// repeated and overtaken, each of them. Checks on the way that nothing is committed that should not be.
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
        Evaluator = new SimulatedEvaluator(this);
        _supervisors.Add(new SimulatedSupervisor(this));
        for (int i = 0; i < trainers; i++) Add();
    }

    public RunPlan Plan { get; }

    public SimulatedDisk Disk { get; } = new();

    public SimulatedSupervisor Leader => _supervisors[^1];

    public SimulatedEvaluator Evaluator { get; }

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
        List<Action> possible =
            [.. Deliveries(), .. Obediences(), .. Work(), .. Evaluator.Moves(), Evaluator.Register];
        foreach (SimulatedSupervisor supervisor in _supervisors.Where(s => !s.Fenced))
        {
            possible.Add(supervisor.Tick);
            if (supervisor.Ring is { } ring) possible.Add(ring);
        }
        possible.AddRange(_trainers.Values.Where(t => t.Alive && !t.Frozen).Select<SimulatedTrainer, Action>(
            t => t.Register));
        int fault = choice / 1000 % 12;
        if (fault == 0) Fault(choice % 1000);
        else if (fault < 4) Harm(choice);
        else possible[choice % possible.Count]();
    }

    /// <summary>Loses a message between two processes, repeats it, or lets others overtake it.</summary>
    public void Harm(int choice)
    {
        List<Action<int>> boxes = [n => Harm(Evaluator.Orders, n), n => Harm(Evaluator.Mail, n)];
        foreach (SimulatedTrainer trainer in _trainers.Values)
        {
            boxes.Add(n => Harm(trainer.Orders, n));
            boxes.Add(n => Harm(trainer.Mail, n));
        }
        boxes[choice % boxes.Count](choice / boxes.Count);
    }

    private static void Harm<T>(List<T> box, int choice)
    {
        if (box.Count == 0) return;
        int at = choice / 4 % box.Count;
        T message = box[at];
        switch (choice % 4)
        {
            case 0:
                box.Add(message);
                break;
            case 1:
                box.RemoveAt(at);
                box.Add(message);
                break;
            case 2:
                box.Clear(); // the connection is reset
                break;
            default:
                box.RemoveAt(at);
                break;
        }
    }

    /// <summary>
    /// No more faults: everybody comes back, and timers ring only when nothing else happens. What is possible happens
    /// in an order that the number chooses. What was lost before stays lost, unless somebody repeats it.
    /// </summary>
    public void Peace(int choice)
    {
        foreach (SimulatedTrainer trainer in _trainers.Values)
        {
            if (trainer.Frozen) Thaw(trainer);
            if (!trainer.Alive && !trainer.Gone) trainer.Restart();
        }
        if (_trainers.Values.All(t => t.Gone || t.Leaving)) Add();
        Action[] possible = [.. Deliveries(), .. Obediences(), .. Work(), .. Evaluator.Moves()];
        if (possible.Length == 0)
            possible = [.. _trainers.Values.Where(t => t.Alive &&
                    Leader.State.Trainers.GetValueOrDefault(t.Name)?.Incarnation != t.Incarnation)
                .Select<SimulatedTrainer, Action>(t => t.Register)];
        if (possible.Length == 0) possible = [Leader.Tick, Evaluator.Register, .. Rings()];
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
                Evaluator.Restart();
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
            (SimulatedSupervisor to, RunEvent happened) = t.Mail[0];
            t.Mail.RemoveAt(0);
            to.Hear(happened);
        }).Concat(_trainers.Values.Where(t => t.News.Count > 0).Select<SimulatedTrainer, Action>(t => () =>
        {
            (SimulatedSupervisor to, RunEvent happened) = t.News.Dequeue();
            to.Hear(happened);
        }));

    private IEnumerable<Action> Obediences() => _trainers.Values
        .Where(t => t.Orders.Count > 0 && t.Alive && !t.Frozen).Select<SimulatedTrainer, Action>(t => t.Obey);

    private IEnumerable<Action> Work() => _trainers.Values.SelectMany(t => t.Work());

    private IEnumerable<Action> Rings() => Leader.Ring is { } ring ? [ring] : [];
}
