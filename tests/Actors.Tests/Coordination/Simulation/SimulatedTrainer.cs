using System.Text;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>A trainer's process as the protocol asks for it; what it does next is for the test to choose.</summary>
internal sealed class SimulatedTrainer(string name, SimulatedCluster cluster)
{
    private enum Doing
    {
        Nothing,
        Bound,
        Connecting,
        Ready,
        Running,
    }

    private readonly Queue<(long Generation, SimulatedState State)> _snapshots = new();
    private SimulatedState? _memory;
    private SimulatedExchange? _exchange;
    private IReadOnlyList<HostedReplicas> _hosting = [];
    private Doing _doing;
    private long _term, _generation, _checkpoint = -1;
    private int _rank = -1;
    private bool _halted;
    private RunEvent? _report, _stored; // the last reports, which are repeated

    public string Name => name;

    public long Incarnation { get; private set; } = 1;

    public bool Alive { get; private set; } = true;

    public bool Frozen { get; set; }

    public bool Leaving { get; set; }

    /// <summary>Released: it ended well and does not come back.</summary>
    public bool Gone { get; private set; }

    public List<(SimulatedSupervisor From, RunEffect Order)> Orders { get; } = [];

    public List<(SimulatedSupervisor To, RunEvent Event)> Mail { get; } = [];

    /// <summary>
    /// What the supervisors' own nodes find out about this trainer's process. Such news are not lost.
    /// </summary>
    public Queue<(SimulatedSupervisor To, RunEvent Event)> News { get; } = new();

    /// <summary>What its threads could do now, besides reading its orders.</summary>
    public IEnumerable<Action> Work()
    {
        if (!Alive || Frozen) yield break;
        if (_snapshots.Count > 0) yield return Store;
        if (_doing == Doing.Connecting && _exchange!.IsConnected && _exchange.Source is not null) yield return Receive;
        else if (_doing == Doing.Connecting && _exchange!.IsBroken) yield return Break;
        if (_doing != Doing.Running) yield break;
        long step = _memory!.Value.Step;
        if (!_exchange!.HasEntered(name, step))
            yield return step == cluster.Plan.Steps || _halted && _rank == 0 ? End : Enter;
        else if (_exchange.IsComplete(step)) yield return Apply;
        if (_exchange.HasEntered(name, step) && _exchange.IsBroken) yield return Break; // also when it was complete
    }

    public void Register()
    {
        Send(new RunEvent.TrainerJoined(name, Incarnation));
        if (Leaving) Send(new RunEvent.TrainerLeaving(name, Incarnation));
    }

    public void Obey()
    {
        (SimulatedSupervisor from, RunEffect order) = Orders[0];
        Orders.RemoveAt(0);
        switch (order)
        {
            case RunEffect.Assign e when from.State.Term >= _term && e.Generation > _generation:
                _term = from.State.Term;
                Leave();
                (_generation, _rank, _hosting, _halted) = (e.Generation, e.Rank, e.Hosting, false);
                (_report, _stored) = (null, null);
                if (_rank < 0) Report(new RunEvent.TrainerReady(name, _generation, -1, -1));
                else Bind();
                break;
            case RunEffect.Connect e when e.Generation == _generation && _doing == Doing.Bound:
                Connect(e);
                break;
            case RunEffect.Begin e when e.Generation == _generation && _doing == Doing.Ready:
                _doing = Doing.Running;
                if (IsDue && _memory!.Value.Step > e.Checkpoint) Capture();
                break;
            case RunEffect.Halt e when e.Generation == _generation:
                _halted = true;
                break;
            case RunEffect.Stop e when e.Generation == _generation:
                Leave();
                break;
            case RunEffect.Ping e when from.State.Term >= _term:
                _term = from.State.Term;
                Mail.Add((from, new RunEvent.TrainerAnswered(name, Incarnation, e.Sequence, _generation)));
                foreach (RunEvent? report in (RunEvent?[])[_report, _stored])
                    if (report is not null) Mail.Add((from, report));
                break;
            case RunEffect.Release when Leaving:
                Leave();
                (Alive, Gone) = (false, true);
                break;
            default:
                break; // overtaken
        }
    }

    /// <summary>The process dies with all it held.</summary>
    public void Die()
    {
        Forget();
        News.Enqueue((cluster.Leader, new RunEvent.TrainerLost(name, Incarnation, "killed")));
        (Alive, Frozen, Leaving) = (false, false, false);
    }

    /// <summary>The loop fails; the process lives on without a state.</summary>
    public void Fail()
    {
        Forget();
        Send(new RunEvent.TrainerFailed(name, Incarnation, "failed"));
        Incarnation++; // its actor is restarted
    }

    public void Restart()
    {
        Incarnation++;
        Alive = true;
    }

    private bool IsDue => _rank == 0 && _memory!.Value.Step % SimulatedCluster.CheckpointEvery == 0;

    private void Bind()
    {
        _doing = Doing.Bound;
        Report(new RunEvent.TrainerBound(name, _generation, EngineAddress(name), _memory?.Step ?? -1, _checkpoint));
    }

    private void Connect(RunEffect.Connect e)
    {
        Assert.Equal(_hosting.Select(h => Encoding.UTF8.GetString(EngineAddress(h.Trainer).Span)),
            e.EngineAddresses.Select(b => Encoding.UTF8.GetString(b.Span)));
        _doing = Doing.Connecting;
        _exchange = cluster.Exchange(_generation, _hosting);
        _exchange.Connect(name);
        if (_rank != e.SourceRank) return;
        if (e.FromDisk)
        {
            _memory = cluster.Disk.Newest ?? SimulatedState.Initial;
            _checkpoint = cluster.Disk.Newest?.Step ?? -1;
        }
        _exchange.Source = _memory;
    }

    private void Receive()
    {
        SimulatedState source = _exchange!.Source!.Value;
        if (_memory?.Step == source.Step) Assert.Equal(source, _memory.Value);
        _memory = source;
        _doing = Doing.Ready;
        cluster.Applied(_generation, name, source);
        Report(new RunEvent.TrainerReady(name, _generation, source.Step, _checkpoint));
    }

    private void Enter() => _exchange!.Enter(name, _memory!.Value);

    private void Apply()
    {
        _memory = _exchange!.Result(_memory!.Value.Step);
        cluster.Applied(_generation, name, _memory.Value);
        Report(new RunEvent.StepApplied(name, _generation, _memory.Value.Step, 1, 0));
        if (IsDue) Capture();
    }

    private void Break()
    {
        Leave();
        Report(new RunEvent.ExchangeBroke(name, _generation, "broken"));
    }

    private void End()
    {
        if (_rank == 0) Capture();
        Report(new RunEvent.TrainingEnded(name, _generation, _memory!.Value.Step));
        _doing = Doing.Nothing; // still connected: the others may need its last word
    }

    private void Capture() => _snapshots.Enqueue((_generation, _memory!.Value));

    private void Store()
    {
        (long generation, SimulatedState state) = _snapshots.Dequeue();
        RunEvent stored = cluster.Disk.TryStore(name, generation, state)
            ? new RunEvent.CheckpointCommitted(generation, state.Step)
            : new RunEvent.CheckpointFailed(generation, state.Step, "fenced");
        if (generation == _generation) _stored = stored;
        Send(stored);
    }

    private void Leave()
    {
        _exchange?.Leave(name);
        (_exchange, _doing) = (null, Doing.Nothing);
    }

    private void Forget()
    {
        Leave();
        Orders.Clear();
        _snapshots.Clear();
        (_memory, _term, _generation, _checkpoint, _rank) = (null, 0, 0, -1, -1);
        (_report, _stored) = (null, null);
    }

    private ReadOnlyMemory<byte> EngineAddress(string host) => Encoding.UTF8.GetBytes($"{host}@{_generation}");

    private void Report(RunEvent report)
    {
        _report = report;
        Send(report);
    }

    private void Send(RunEvent happened) => Mail.Add((cluster.Leader, happened));
}
