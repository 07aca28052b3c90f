using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Runs;
using Starling.Actors.Supervision;

namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>A supervisor: the machine, and effects performed as <see cref="RunSupervisor"/> does.</summary>
internal sealed class SimulatedSupervisor
{
    private readonly SimulatedCluster _cluster;
    private RunEffect.StartTimer? _timer;

    public SimulatedSupervisor(SimulatedCluster cluster)
    {
        _cluster = cluster;
        LedgerEntry entry = cluster.Disk.TakeTerm();
        State = new RunState
        {
            Term = entry.Term,
            Generation = entry.Generation,
            Step = Math.Max(entry.Checkpoint, 0),
            EarlierCheckpoint = entry.Checkpoint,
        };
        Hear(new RunEvent.LoadersChanged(1));
        Hear(new RunEvent.EvaluatorJoined(SimulatedEvaluator.Name));
    }

    public RunState State { get; private set; }

    public bool Fenced { get; private set; }

    public RunEffect.End? Ending { get; private set; }

    public Action? Ring => _timer is not { } timer ? null : () =>
    {
        _timer = null;
        Hear(new RunEvent.TimerRang(timer.Timer, timer.Generation));
    };

    public void Tick()
    {
        if (_cluster.Disk.Ledger.Term != State.Term) Fenced = true;
        Hear(new RunEvent.Ticked());
    }

    public void Hear(RunEvent happened)
    {
        if (Fenced) return;
        RunState before = State;
        (State, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(_cluster.Plan, before, happened);
        Check(before, effects);
        foreach (RunEffect effect in effects)
        {
            Perform(effect);
            if (Fenced) return;
        }
    }

    private void Perform(RunEffect effect)
    {
        switch (effect)
        {
            case RunEffect.Persist e:
                Fenced = !_cluster.Disk.TryAdvance(State.Term, e);
                break;
            case RunEffect.Assign e:
                Tell(e.Trainer, e);
                break;
            case RunEffect.Connect or RunEffect.Begin:
                foreach (HostedReplicas host in State.Hosting) Tell(host.Trainer, effect);
                break;
            case RunEffect.Halt:
                Tell(State.Hosting[0].Trainer, effect);
                break;
            case RunEffect.Stop:
                foreach (string trainer in State.Trainers.Keys.Where(t => State.RankOf(t) != 0)) Tell(trainer, effect);
                break;
            case RunEffect.Ping:
                if (_cluster.Disk.Ledger.Term != State.Term) Fenced = true;
                else foreach (string trainer in State.Trainers.Keys) Tell(trainer, effect);
                break;
            case RunEffect.Again e:
                Tell(e.Trainer, e.Order);
                break;
            case RunEffect.Release e:
                Tell(e.Trainer, e);
                break;
            case RunEffect.StartTimer e:
                _timer = e;
                break;
            case RunEffect.Evaluate e:
                _cluster.Evaluator.Orders.Add(e.Step);
                break;
            case RunEffect.End e:
                Assert.Null(Ending);
                Ending = e;
                break;
            default:
                Assert.True(effect is RunEffect.Fault or RunEffect.Note, effect.ToString());
                break;
        }
    }

    private void Tell(string trainer, RunEffect order) => _cluster.Trainer(trainer)?.Orders.Add((this, order));

    private void Check(RunState before, IReadOnlyList<RunEffect> effects)
    {
        if (State.Generation != before.Generation)
        {
            Assert.Equal(before.Generation + 1, State.Generation);
            int persisted = effects.ToList().FindIndex(
                e => e is RunEffect.Persist p && p.Generation == State.Generation);
            int assigned = effects.ToList().FindIndex(e => e is RunEffect.Assign);
            Assert.InRange(persisted, 0, assigned);
            Assert.Equal(Enumerable.Range(0, _cluster.Plan.Replicas), State.Hosting.SelectMany(h => h.Replicas));
            Assert.All(State.Hosting, h => Assert.True(State.Trainers.ContainsKey(h.Trainer)));
        }
        else if (State.Phase == RunPhase.Running && before.Phase == RunPhase.Running && State.Step != before.Step)
        {
            Assert.True(State.Step > before.Step, "a step was committed twice in a generation");
            _cluster.CheckCommit(State);
        }
    }
}
