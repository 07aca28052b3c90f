using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Supervision;

/// <summary>
/// The cluster singleton that runs a run. It decides nothing itself: messages become events of
/// <see cref="RunMachine"/>, whose effects it performs in order. Blocks on the ledger's disk, so it needs a thread of
/// its own (pinned dispatcher).
/// </summary>
public sealed class RunSupervisor : ReceiveActor, IWithTimers
{
    private const string Replaced = "a newer supervisor is at work";
    private const int FaultsKept = 20;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), LongestUnchecked = TimeSpan.FromSeconds(3);
    private static readonly object RunTimerKey = new();

    private readonly SupervisorSettings _settings;
    private readonly Roster _trainers, _loaders, _evaluators, _nodes;
    private readonly Dictionary<string, string> _addresses = [];
    private readonly Queue<FaultStatus> _faults = new();
    private readonly StepRate _rate;
    private RunPlan _plan = null!; // in PreStart, which comes before the first message
    private RunState _state = new();
    private SupervisorProtocol.RunOver? _over;
    private readonly HashSet<Address> _silent = [];
    private bool _fenced;
    private long _checked; // when it last looked whether it still leads

    /// <summary>A supervisor that goes on with the numbering in the ledger.</summary>
    public RunSupervisor(SupervisorSettings settings)
    {
        _settings = settings;
        (_trainers, _loaders, _evaluators, _nodes) = (New(), New(), New(), New());
        _rate = new StepRate(settings.Time);
        Receive<SupervisorProtocol.RegisterTrainer>(m =>
        {
            if (Accepts(m.Identity, m.Actor)) Register(m);
        });
        Receive<SupervisorProtocol.RegisterLoader>(m =>
        {
            if (Accepts(m.Identity, m.Actor) && _loaders.Add(m.Loader, m.Actor)) LoadersChanged();
        });
        Receive<SupervisorProtocol.RegisterEvaluator>(m =>
        {
            if (Accepts(m.Identity, m.Actor)) Register(m);
        });
        Receive<SupervisorProtocol.RegisterNode>(m =>
        {
            if (!Accepts(m.Identity, m.Actor)) return;
            _nodes.Add(m.Node, m.Actor);
            _addresses[m.Node] = m.Address;
        });
        ReceiveReports();
        Receive<SupervisorProtocol.StatusRequest>(_ => Sender.Tell(Status()));
        Receive<Terminated>(m => Gone(m.ActorRef, "its actor ended"));
        Receive<NodeNews.Gone>(Gone);
        Receive<NodeNews.Silent>(m => Reachable(m.Node, isReachable: false));
        Receive<NodeNews.Back>(m => Reachable(m.Node, isReachable: true));
        Receive<Tick>(_ => Ticked());
        Receive<Rang>(m => Happened(m.Event));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Takes a term, and with it the lead.</summary>
    protected override void PreStart()
    {
        foreach (Type news in (Type[])[typeof(NodeNews.Gone), typeof(NodeNews.Silent), typeof(NodeNews.Back)])
            Context.System.EventStream.Subscribe(Self, news);
        Context.System.EventStream.Publish(NodeNews.Repeat.Instance);
        _checked = _settings.Time.GetTimestamp();
        try
        {
            _plan = _settings.Plan();
            LedgerEntry entry = _settings.Ledger.TakeTerm();
            _state = _state with
            {
                Term = entry.Term,
                Generation = entry.Generation,
                Step = Math.Max(entry.Checkpoint, 0),
                EarlierCheckpoint = entry.Checkpoint,
            };
            Timers.StartSingleTimer(Tick.Instance, Tick.Instance, Second);
        }
        catch (StarlingException e)
        {
            _checked = _settings.Time.GetTimestamp(); // it has no term to be replaced in
            Happened(new RunEvent.Fatal(e.Message));
        }
    }

    /// <summary>
    /// A supervisor that failed leaves rather than go on with a new term: if it is what fails, it must not fence off
    /// one that works.
    /// </summary>
    protected override void PostRestart(Exception reason) => Fence($"the supervisor failed: {reason.Message}");

    private void ReceiveReports()
    {
        On<SupervisorProtocol.Bound>(m =>
            new RunEvent.TrainerBound(m.Trainer, m.Generation, m.Blob, m.Step, m.Checkpoint));
        On<SupervisorProtocol.Ready>(m => new RunEvent.TrainerReady(m.Trainer, m.Generation, m.Step, m.Checkpoint));
        On<SupervisorProtocol.StepApplied>(m =>
            new RunEvent.StepApplied(m.Trainer, m.Generation, m.Step, m.BusySeconds, m.WaitSeconds));
        On<SupervisorProtocol.ExchangeBroke>(m => new RunEvent.ExchangeBroke(m.Trainer, m.Generation, m.Reason));
        On<SupervisorProtocol.TrainerFailed>(m => new RunEvent.TrainerFailed(m.Trainer, m.Incarnation, m.Reason));
        On<SupervisorProtocol.TrainerLeaving>(m => new RunEvent.TrainerLeaving(m.Trainer, m.Incarnation));
        On<SupervisorProtocol.Pong>(m => new RunEvent.TrainerAnswered(m.Trainer, m.Incarnation, m.Sequence));
        On<SupervisorProtocol.TrainingEnded>(m => new RunEvent.TrainingEnded(m.Trainer, m.Generation, m.Step));
        On<SupervisorProtocol.CheckpointCommitted>(m => new RunEvent.CheckpointCommitted(m.Generation, m.Step));
        On<SupervisorProtocol.CheckpointFailed>(m => new RunEvent.CheckpointFailed(m.Generation, m.Step, m.Reason));
        On<SupervisorProtocol.EvaluationEnded>(m => new RunEvent.EvaluationEnded(m.Step, m.Failure));
        On<SupervisorProtocol.StopRun>(_ => new RunEvent.StopRequested());
        On<SupervisorProtocol.Fatal>(m => new RunEvent.Fatal(m.Reason));
    }

    private void On<T>(Func<T, RunEvent> toEvent) => Receive<T>(m => Happened(toEvent(m)));

    /// <summary>Answers a registration; true if it counts.</summary>
    private bool Accepts(RunIdentity identity, IActorRef actor)
    {
        if (identity.DifferenceFrom(_settings.Identity) is { } difference)
        {
            actor.Tell(new SupervisorProtocol.Refused(difference));
            Report(new RunEffect.Fault($"{actor.Path.ToStringWithAddress()} was refused: {difference}"));
            return false;
        }
        actor.Tell(new SupervisorProtocol.Registered(_state.Term));
        if (_over is null) return true;
        actor.Tell(_over);
        return false;
    }

    private void Register(SupervisorProtocol.RegisterTrainer m)
    {
        // A process that was taken for dead may still have a registration under way.
        if (_state.Trainers.TryGetValue(m.Trainer, out TrainerMember? known) && known.Incarnation > m.Incarnation)
            return;
        _trainers.Add(m.Trainer, m.Actor);
        Happened(new RunEvent.TrainerJoined(m.Trainer, m.Incarnation));
        if (_silent.Contains(m.Actor.Path.Address)) Happened(new RunEvent.TrainerSilent(m.Trainer));
    }

    private void Register(SupervisorProtocol.RegisterEvaluator m)
    {
        if (!_evaluators.Add(m.Evaluator, m.Actor)) return;
        if (_state.Evaluators.Contains(m.Evaluator))
            Happened(new RunEvent.EvaluatorLost(m.Evaluator)); // started again before its end was noticed
        Happened(new RunEvent.EvaluatorJoined(m.Evaluator));
    }

    private void LoadersChanged()
    {
        _trainers.TellAll(new TrainerProtocol.LoadersChanged(_state.Term, _loaders.Actors));
        Happened(new RunEvent.LoadersChanged(_loaders.Names.Count));
    }

    private static Roster New() => new(Context);

    private void Gone(NodeNews.Gone m)
    {
        _silent.Remove(m.Node);
        foreach (Roster roster in (Roster[])[_trainers, _loaders, _evaluators, _nodes])
            foreach (IActorRef actor in roster.At(m.Node)) Gone(actor, m.Reason);
    }

    private void Reachable(Address node, bool isReachable)
    {
        if (isReachable) _silent.Remove(node);
        else _silent.Add(node);
        foreach (string trainer in _trainers.NamesAt(node))
            Happened(isReachable ? new RunEvent.TrainerBack(trainer) : new RunEvent.TrainerSilent(trainer));
    }

    private void Gone(IActorRef actor, string reason)
    {
        _nodes.Remove(actor, out _);
        if (_loaders.Remove(actor, out _)) LoadersChanged();
        if (_evaluators.Remove(actor, out string? evaluator)) Happened(new RunEvent.EvaluatorLost(evaluator));
        if (_trainers.Remove(actor, out string? trainer) &&
            _state.Trainers.TryGetValue(trainer, out TrainerMember? member))
            Happened(new RunEvent.TrainerLost(trainer, member.Incarnation, reason));
    }

    private void Ticked()
    {
        if (_over is not null || _fenced) return;
        // Never periodic: a freeze must not store up ticks.
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, Second);
        if (Leads() == true) Happened(new RunEvent.Ticked());
    }

    /// <summary>
    /// Whether this is still the last supervisor that began: one that was frozen and replaced finds out here, before
    /// its pings let a trainer apply a step. Null if the ledger cannot be read: trainers whose permits run out wait,
    /// which is better than an end over a file server's hiccup.
    /// </summary>
    private bool? Leads()
    {
        _checked = _settings.Time.GetTimestamp();
        try
        {
            bool leads = _settings.Ledger.Read().Term == _state.Term;
            if (!leads) Fence(Replaced);
            return leads;
        }
        catch (StarlingException e)
        {
            Report(new RunEffect.Fault(e.Message));
            return null;
        }
    }

    private void Happened(RunEvent happened)
    {
        if (_fenced) return;
        // Frozen and woken, it finds reports in its mailbox that are its successor's by now. Where the ledger cannot be
        // read it goes on: it can store no decision then, and renews no permit.
        bool mayBeOld = _over is null && _settings.Time.GetElapsedTime(_checked) > LongestUnchecked;
        if (mayBeOld && Leads() == false) return;
        RunState before = _state;
        (_state, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(_plan, before, happened);
        _rate.Observe(before, _state);
        if (_state != before) _settings.Monitor.Tell(new MonitorProtocol.RunChanged(_state), Self);
        try
        {
            foreach (RunEffect effect in effects)
            {
                Perform(effect);
                if (_fenced) return; // nobody may hear of what was refused
            }
        }
        catch (StarlingException e)
        {
            // The number is not durable, so whoever was to hear of it must not; a supervisor that died of it would
            // leave trainers waiting that believe to be registered.
            Happened(new RunEvent.Fatal(e.Message));
        }
    }

    private void Perform(RunEffect effect)
    {
        switch (effect)
        {
            case RunEffect.Persist e:
                if (!_settings.Ledger.TryAdvance(_state.Term, e.Generation, e.Step, e.Checkpoint)) Fence(Replaced);
                break;
            case RunEffect.Assign e:
                _trainers.Tell(e.Trainer, new TrainerProtocol.Assign(
                    _state.Term, e.Generation, e.Rank, e.Hosting.Count, e.Hosting, _loaders.Actors));
                break;
            case RunEffect.Connect e:
                TellHosts(new TrainerProtocol.Connect(e.Generation, e.Blobs, e.SourceRank, e.FromDisk));
                break;
            case RunEffect.Begin e:
                TellHosts(new TrainerProtocol.Begin(e.Generation, e.Checkpoint));
                break;
            case RunEffect.Halt e:
                _trainers.Tell(_state.Hosting[0].Trainer, new TrainerProtocol.Halt(e.Generation));
                break;
            case RunEffect.Stop e:
                foreach (string trainer in _state.Trainers.Keys.Where(t => _state.RankOf(t) != 0))
                    _trainers.Tell(trainer, new TrainerProtocol.Stop(e.Generation));
                break;
            case RunEffect.Ping e:
                if (Leads() == true) _trainers.TellAll(new TrainerProtocol.Ping(_state.Term, e.Sequence));
                break;
            case RunEffect.StartTimer e:
                Timers.StartSingleTimer(RunTimerKey, new Rang(new RunEvent.TimerRang(e.Timer, e.Generation)), e.After);
                break;
            case RunEffect.Release e:
                _trainers.Tell(e.Trainer, new TrainerProtocol.Released(e.Trainer));
                break;
            case RunEffect.Evaluate e:
                _evaluators.Tell(e.Evaluator, new EvaluatorProtocol.Evaluate(e.Step));
                break;
            case RunEffect.Fault or RunEffect.Note:
                Report(effect);
                break;
            case RunEffect.End e:
                End(e);
                break;
            default:
                throw new InvalidOperationException($"no such effect: {effect}");
        }
    }

    private void TellHosts(object message)
    {
        foreach (HostedReplicas host in _state.Hosting) _trainers.Tell(host.Trainer, message);
    }

    private void Report(RunEffect effect)
    {
        if (effect is RunEffect.Fault fault)
        {
            _faults.Enqueue(new FaultStatus(
                _settings.Time.GetUtcNow(), _state.Generation, _state.Step, fault.Reason));
            if (_faults.Count > FaultsKept) _faults.Dequeue();
            _settings.Monitor.Tell(new MonitorProtocol.Note(fault.Reason), Self);
        }
        else if (effect is RunEffect.Note note)
        {
            _settings.Monitor.Tell(new MonitorProtocol.Note(note.Line), Self);
        }
    }

    private void End(RunEffect.End e)
    {
        _over = new SupervisorProtocol.RunOver(e.Outcome, e.Step, e.Reason);
        foreach (Roster roster in (Roster[])[_trainers, _loaders, _evaluators, _nodes])
            roster.TellAll(_over);
        _settings.Ended(new RunResult(e.Outcome, e.Step, e.Reason));
    }

    private void Fence(string reason)
    {
        _fenced = true;
        _settings.Fenced(reason);
        Context.Stop(Self);
    }

    private RunStatus Status() => new(_state.Term, _state.Generation,
        _state.Phase.Named(), _state.Step, _plan.Steps,
        _state.KnownCheckpoint, _rate.PerSecond, Waiting.For(_state),
        [.. _state.Trainers.Select(t => Status(t.Key, t.Value))], [.. _loaders.Names], [.. _evaluators.Names],
        _state.Evaluating?.Step, [.. _faults], [.. _nodes.Names.Select(n => new NodeStatus(n, _addresses[n]))]);

    private TrainerStatus Status(string trainer, TrainerMember member)
    {
        int rank = _state.RankOf(trainer);
        HostProgress? progress = _state.Progress.GetValueOrDefault(trainer);
        return new TrainerStatus(trainer, member.Incarnation, _trainers.AddressOf(trainer), rank,
            rank < 0 ? [] : _state.Hosting[rank].Replicas, progress?.Step ?? -1, progress?.BusySeconds ?? 0,
            progress?.WaitSeconds ?? 0, _state.Slow.IsFlagged(trainer), _state.Leaving.Contains(trainer));
    }

    private sealed record Rang(RunEvent.TimerRang Event) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
