using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Supervision;

/// <summary>
/// The cluster singleton that leads a run. The actor decides nothing itself: it turns messages into events of
/// <see cref="RunMachine"/>, and performs the effects in order. The actor blocks on the ledger's disk, so it needs a
/// thread of its own (pinned dispatcher).
/// </summary>
public sealed class RunSupervisor : ReceiveActor, IWithTimers
{
    private const string Replaced = "a newer supervisor is at work";
    private const int FaultsKept = 20;
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeadCheckAge = TimeSpan.FromSeconds(3); // an older check is repeated
    private static readonly TimeSpan FirstLedgerPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestLedgerPause = TimeSpan.FromSeconds(10);
    private static readonly object RunTimerKey = new();

    private readonly SupervisorSettings _settings;
    private readonly Roster _trainers, _loaders, _evaluators, _nodes;
    private readonly Dictionary<string, string> _addresses = [];
    private readonly Queue<FaultStatus> _faults = new();
    private readonly StepRate _rate;
    private readonly HashSet<object> _postponed = []; // keys of the events that wait for the ledger's disk
    private RunPlan? _plan; // null until the checkpoints were listed; if that failed for good, the run has ended
    private RunState _state = new();
    private SupervisorProtocol.RunEnded? _ended;
    private readonly HashSet<Address> _silent = [];
    private bool _fenced;
    private TimeSpan _ledgerPause = FirstLedgerPause;
    private long _leadChecked; // timestamp of the last look into the ledger

    /// <summary>Makes a supervisor that goes on with the numbers in the ledger.</summary>
    public RunSupervisor(SupervisorSettings settings)
    {
        _settings = settings;
        (_trainers, _loaders, _evaluators, _nodes) = (NewRoster(), NewRoster(), NewRoster(), NewRoster());
        _rate = new StepRate(settings.Time);
        Receive<TakeLead>(_ => OnTakeLead());
        Receive<SupervisorProtocol.StatusRequest>(_ => Sender.Tell(Status()));
        // All others come again: registrations every second, and news of the nodes when this supervisor asks for them.
        ReceiveAny(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Takes a new term in the ledger, which makes this supervisor the leading one.</summary>
    protected override void PreStart() => OnTakeLead();

    /// <summary>Handles the messages of a supervisor that leads.</summary>
    private void Leading()
    {
        Receive<SupervisorProtocol.RegisterTrainer>(m =>
        {
            if (TryAccept(m.Identity, m.Actor)) Register(m);
        });
        Receive<SupervisorProtocol.RegisterLoader>(m =>
        {
            if (TryAccept(m.Identity, m.Actor) && _loaders.Add(m.Loader, m.Actor)) TellLoadersChanged();
        });
        Receive<SupervisorProtocol.RegisterEvaluator>(m =>
        {
            if (TryAccept(m.Identity, m.Actor)) Register(m);
        });
        Receive<SupervisorProtocol.RegisterNode>(m =>
        {
            if (!TryAccept(m.Identity, m.Actor)) return;
            _nodes.Add(m.Node, m.Actor);
            _addresses[m.Node] = m.Address;
        });
        ReceiveReports();
        Receive<SupervisorProtocol.StatusRequest>(_ => Sender.Tell(Status()));
        Receive<Terminated>(m => OnActorLost(m.ActorRef, "its actor ended"));
        Receive<NodeNews.Lost>(OnNodeLost);
        Receive<NodeNews.Silent>(m => OnNodeReachability(m.Node, isReachable: false));
        Receive<NodeNews.Back>(m => OnNodeReachability(m.Node, isReachable: true));
        Receive<Tick>(_ => OnTick());
        Receive<TimerRang>(m => Apply(m.Event));
        Receive<Postponed>(m =>
        {
            _postponed.Remove(KeyOf(m.Event));
            Apply(m.Event);
        });
    }

    /// <summary>
    /// Takes the term and begins to lead. If the disk fails, the supervisor of a cluster tries again with growing
    /// pauses: another node would meet the same disk. Trainers wait meanwhile, because nobody answers them. A run of
    /// one process has done nothing yet, so its user hears at once what is wrong.
    /// </summary>
    private void OnTakeLead()
    {
        RunEvent.Fatal? mistake = null;
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
            _ledgerPause = FirstLedgerPause;
            Timers.StartSingleTimer(Tick.Instance, Tick.Instance, TickInterval);
        }
        catch (StarlingException e) when (e.Scope == FaultScope.Node && _plan is not { IsSingleNode: true })
        {
            TryAgain(TakeLead.Instance, TakeLead.Instance, e.Message);
            return;
        }
        catch (StarlingException e)
        {
            mistake = new RunEvent.Fatal(e.Message);
        }
        _leadChecked = _settings.Time.GetTimestamp();
        Become(Leading);
        foreach (Type news in (Type[])[typeof(NodeNews.Lost), typeof(NodeNews.Silent), typeof(NodeNews.Back)])
            Context.System.EventStream.Subscribe(Self, news);
        Context.System.EventStream.Publish(NodeNews.Repeat.Instance);
        if (mistake is not null) Apply(mistake);
    }

    /// <summary>
    /// Fences this supervisor after a failure. It must not take a new term: if this supervisor is the cause of the
    /// failure, a new term would stop another supervisor that works.
    /// </summary>
    protected override void PostRestart(Exception reason) => Fence($"the supervisor failed: {reason.Message}");

    /// <summary>Leaves it to <see cref="PostRestart"/> to fence, which knows the reason.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
    }

    /// <summary>
    /// Fences this node if anything else has stopped the actor. The singleton's manager would not start it again, and
    /// the run would stand still; when the node ends, a standby takes over.
    /// </summary>
    protected override void PostStop()
    {
        if (!_fenced) _settings.Fenced("the supervisor's actor has ended");
    }

    private void ReceiveReports()
    {
        ReceiveReport<SupervisorProtocol.TrainerBound>(m =>
            new RunEvent.TrainerBound(m.Trainer, m.Generation, m.Blob, m.Step, m.Checkpoint));
        ReceiveReport<SupervisorProtocol.TrainerReady>(m =>
            new RunEvent.TrainerReady(m.Trainer, m.Generation, m.Step, m.Checkpoint));
        ReceiveReport<SupervisorProtocol.StepApplied>(m =>
            new RunEvent.StepApplied(m.Trainer, m.Generation, m.Step, m.BusySeconds, m.WaitSeconds)
            {
                Figures = m.Figures,
            });
        ReceiveReport<SupervisorProtocol.ExchangeBroke>(m =>
            new RunEvent.ExchangeBroke(m.Trainer, m.Generation, m.Reason));
        ReceiveReport<SupervisorProtocol.TrainerFailed>(m =>
            new RunEvent.TrainerFailed(m.Trainer, m.Incarnation, m.Reason));
        ReceiveReport<SupervisorProtocol.TrainerUnfit>(m =>
            new RunEvent.TrainerUnfit(m.Trainer, m.Incarnation, m.Reason, m.Scope));
        ReceiveReport<SupervisorProtocol.DataFailed>(m =>
            new RunEvent.DataFailed(m.Trainer, m.Generation, m.Reason));
        ReceiveReport<SupervisorProtocol.TrainerLeaving>(m => new RunEvent.TrainerLeaving(m.Trainer, m.Incarnation));
        ReceiveReport<SupervisorProtocol.TrainerAnswered>(m =>
            new RunEvent.TrainerAnswered(m.Trainer, m.Incarnation, m.Sequence, m.Generation));
        ReceiveReport<SupervisorProtocol.TrainingEnded>(m =>
            new RunEvent.TrainingEnded(m.Trainer, m.Generation, m.Step));
        ReceiveReport<SupervisorProtocol.CheckpointCommitted>(m =>
            new RunEvent.CheckpointCommitted(m.Generation, m.Step));
        ReceiveReport<SupervisorProtocol.CheckpointFailed>(m =>
            new RunEvent.CheckpointFailed(m.Generation, m.Step, m.Reason));
        ReceiveReport<SupervisorProtocol.EvaluatorReported>(m =>
            new RunEvent.EvaluatorReported(m.Evaluator, m.Evaluating));
        ReceiveReport<SupervisorProtocol.EvaluationEnded>(m => new RunEvent.EvaluationEnded(m.Step, m.Failure));
        ReceiveReport<SupervisorProtocol.StopRun>(_ => new RunEvent.StopRequested());
        ReceiveReport<SupervisorProtocol.Fatal>(m => new RunEvent.Fatal(m.Reason));
    }

    private void ReceiveReport<T>(Func<T, RunEvent> toEvent) => Receive<T>(m => Apply(toEvent(m)));

    /// <summary>Answers a registration. Returns false if the node is refused or the run has ended.</summary>
    private bool TryAccept(RunIdentity identity, IActorRef actor)
    {
        if (identity.DifferenceFrom(_settings.Identity) is { } difference)
        {
            actor.Tell(new SupervisorProtocol.Refused(difference));
            Report(new RunEffect.Fault($"{actor.Path.ToStringWithAddress()} was refused: {difference}"));
            return false;
        }
        actor.Tell(new SupervisorProtocol.Registered(_state.Term));
        if (_ended is null) return true;
        actor.Tell(_ended);
        return false;
    }

    private void Register(SupervisorProtocol.RegisterTrainer m)
    {
        // A registration of an earlier incarnation may arrive after the one of its successor.
        if (_state.Trainers.TryGetValue(m.Trainer, out TrainerMember? known) && known.Incarnation > m.Incarnation)
            return;
        _trainers.Add(m.Trainer, m.Actor);
        Apply(new RunEvent.TrainerJoined(m.Trainer, m.Incarnation) { Hosts = m.Hosts });
        if (_silent.Contains(m.Actor.Path.Address)) Apply(new RunEvent.TrainerSilent(m.Trainer));
    }

    private void Register(SupervisorProtocol.RegisterEvaluator m)
    {
        if (!_evaluators.Add(m.Evaluator, m.Actor)) return;
        if (_state.Evaluators.Contains(m.Evaluator))
            Apply(new RunEvent.EvaluatorLost(m.Evaluator)); // the evaluator was restarted before its end was noticed
        Apply(new RunEvent.EvaluatorJoined(m.Evaluator));
    }

    private void TellLoadersChanged()
    {
        _trainers.TellAll(new TrainerProtocol.LoadersChanged(_state.Term, _loaders.Actors));
        Apply(new RunEvent.LoadersChanged(_loaders.Names.Count));
    }

    private static Roster NewRoster() => new(Context);

    private void OnNodeLost(NodeNews.Lost m)
    {
        _silent.Remove(m.Node);
        foreach (Roster roster in (Roster[])[_trainers, _loaders, _evaluators, _nodes])
            foreach (IActorRef actor in roster.At(m.Node)) OnActorLost(actor, m.Reason);
    }

    private void OnNodeReachability(Address node, bool isReachable)
    {
        if (isReachable) _silent.Remove(node);
        else _silent.Add(node);
        foreach (string trainer in _trainers.NamesAt(node))
            Apply(isReachable ? new RunEvent.TrainerBack(trainer) : new RunEvent.TrainerSilent(trainer));
    }

    private void OnActorLost(IActorRef actor, string reason)
    {
        _nodes.Remove(actor, out _);
        if (_loaders.Remove(actor, out _)) TellLoadersChanged();
        if (_evaluators.Remove(actor, out string? evaluator)) Apply(new RunEvent.EvaluatorLost(evaluator));
        if (_trainers.Remove(actor, out string? trainer) &&
            _state.Trainers.TryGetValue(trainer, out TrainerMember? member))
            Apply(new RunEvent.TrainerLost(trainer, member.Incarnation, reason));
    }

    private void OnTick()
    {
        if (_ended is not null || _fenced) return;
        // The timer is not periodic, because ticks would pile up while the process is suspended.
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, TickInterval);
        if (CheckLead() == true) Apply(new RunEvent.Ticked());
    }

    /// <summary>
    /// Returns whether this supervisor still holds the newest term in the ledger, and fences it if not. A supervisor
    /// that was suspended and replaced meanwhile finds that out here, before its pings let a trainer apply a step.
    /// Returns null if the ledger cannot be read. The supervisor then sends no pings, and trainers whose permits run
    /// out wait until it can be read again.
    /// </summary>
    private bool? CheckLead()
    {
        _leadChecked = _settings.Time.GetTimestamp();
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

    private void Apply(RunEvent happened)
    {
        if (_fenced) return;
        // If this process was suspended, another supervisor may have replaced it, and the messages that are still in
        // the mailbox are no longer this supervisor's to handle. If the ledger cannot be read, the supervisor goes on:
        // without the ledger it can store no decision, and it renews no permit.
        bool mayBeReplaced = _ended is null && _settings.Time.GetElapsedTime(_leadChecked) > LeadCheckAge;
        if (mayBeReplaced && CheckLead() == false) return;
        RunState before = _state;
        // Without a plan the only event is Fatal, which needs none.
        (_state, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(_plan!, before, happened);
        RunEffect.Persist[] numbers = [.. effects.OfType<RunEffect.Persist>()];
        if (numbers.Length > 0 && _postponed.Contains(KeyOf(happened)))
        {
            _state = before; // the same report waits for the disk already
            return;
        }
        _rate.Observe(before, _state);
        try
        {
            foreach (RunEffect.Persist e in numbers)
            {
                if (!_settings.Ledger.TryAdvance(_state.Term, e.Generation, e.Step, e.Checkpoint))
                {
                    Fence(Replaced);
                    return;
                }
                _ledgerPause = FirstLedgerPause;
            }
        }
        catch (StarlingException e)
        {
            // What could not be written to the ledger is not decided, and no actor may hear of it.
            _state = before;
            if (e.Scope == FaultScope.Node) Postpone(happened, e.Message);
            else Apply(new RunEvent.Fatal(e.Message));
            return;
        }
        // No actor, and no reader of the event log, hears of a decision before it is in the ledger.
        if (!ReferenceEquals(_state, before)) _settings.Monitor.Tell(new MonitorProtocol.RunChanged(_state), Self);
        foreach (RunEffect effect in effects)
        {
            Perform(effect);
            if (_fenced) return;
        }
    }

    /// <summary>
    /// Applies an event once more after a while, because the ledger's disk failed. What else happens meanwhile is
    /// applied before: the machine is right for events in any order.
    /// </summary>
    private void Postpone(RunEvent happened, string reason)
    {
        _postponed.Add(KeyOf(happened));
        TryAgain(new object(), new Postponed(happened), reason);
    }

    /// <summary>
    /// Returns what an event and its repetitions have in common. Reports are repeated while nothing comes of them. If
    /// each waited for the disk, soon this actor would do nothing but try to write.
    /// </summary>
    private static object KeyOf(RunEvent happened) => happened switch
    {
        RunEvent.TrainerJoined e => (nameof(RunEvent.TrainerJoined), e.Trainer, e.Incarnation),
        RunEvent.TrainerAnswered e => (nameof(RunEvent.TrainerAnswered), e.Trainer),
        RunEvent.TrainerBound e => (nameof(RunEvent.TrainerBound), e.Trainer),
        RunEvent.TrainerReady e => (nameof(RunEvent.TrainerReady), e.Trainer),
        RunEvent.StepApplied e => (nameof(RunEvent.StepApplied), e.Trainer),
        RunEvent.CheckpointCommitted => nameof(RunEvent.CheckpointCommitted),
        _ => happened,
    };

    /// <summary>Tells this actor something after a pause that grows from one time to the next.</summary>
    private void TryAgain(object timer, object message, string reason)
    {
        if (_ledgerPause == FirstLedgerPause) Report(new RunEffect.Fault($"{reason}; trying again"));
        Timers.StartSingleTimer(timer, message, _ledgerPause);
        _ledgerPause = TimeSpan.FromSeconds(Math.Min(2 * _ledgerPause.TotalSeconds, LongestLedgerPause.TotalSeconds));
    }

    private void Perform(RunEffect effect)
    {
        switch (effect)
        {
            case RunEffect.Persist:
                break; // done before the others
            case RunEffect.Assign e:
                _trainers.Tell(e.Trainer, OrderOf(e));
                break;
            case RunEffect.Connect or RunEffect.Begin:
                foreach (HostedReplicas host in _state.Hosting) _trainers.Tell(host.Trainer, OrderOf(effect));
                break;
            case RunEffect.Halt:
                _trainers.Tell(_state.Hosting[0].Trainer, OrderOf(effect));
                break;
            case RunEffect.Stop:
                foreach (string trainer in _state.Trainers.Keys.Where(t => _state.RankOf(t) != 0))
                    _trainers.Tell(trainer, OrderOf(effect));
                break;
            case RunEffect.Ping:
                if (CheckLead() != true) break;
                _trainers.TellAll(OrderOf(effect));
                _trainers.TellAll(new TrainerProtocol.LoadersChanged(_state.Term, _loaders.Actors));
                break;
            case RunEffect.Again e:
                _trainers.Tell(e.Trainer, OrderOf(e.Order));
                break;
            case RunEffect.StartTimer e:
                Timers.StartSingleTimer(
                    RunTimerKey, new TimerRang(new RunEvent.TimerRang(e.Timer, e.Generation)), e.After);
                break;
            case RunEffect.Release e:
                _trainers.Tell(e.Trainer, new TrainerProtocol.Released(e.Trainer));
                break;
            case RunEffect.LeaveOut e:
                _trainers.Tell(e.Trainer, new SupervisorProtocol.Refused(e.Reason, IsForNow: true));
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

    /// <summary>Makes the message that carries an order to a trainer.</summary>
    private object OrderOf(RunEffect effect) => effect switch
    {
        RunEffect.Assign e => new TrainerProtocol.Assign(
            _state.Term, e.Generation, e.Rank, e.Hosting.Count, e.Hosting, _loaders.Actors),
        RunEffect.Connect e => new TrainerProtocol.Connect(
            e.Generation, e.EngineAddresses, e.SourceRank, e.FromDisk),
        RunEffect.Begin e => new TrainerProtocol.Begin(e.Generation, e.Checkpoint),
        RunEffect.Halt e => new TrainerProtocol.Halt(e.Generation),
        RunEffect.Stop e => new TrainerProtocol.Stop(e.Generation),
        RunEffect.Ping e => new TrainerProtocol.Ping(_state.Term, e.Sequence),
        _ => throw new InvalidOperationException($"no order to a trainer: {effect}"),
    };

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
        _ended = new SupervisorProtocol.RunEnded(e.Outcome, e.Step, e.Reason);
        foreach (Roster roster in (Roster[])[_trainers, _loaders, _evaluators, _nodes])
            roster.TellAll(_ended);
        _settings.Ended(new RunResult(e.Outcome, e.Step, e.Reason));
    }

    private void Fence(string reason)
    {
        _fenced = true;
        _settings.Fenced(reason);
        Context.Stop(Self);
    }

    private RunStatus Status() => new(_state.Term, _state.Generation,
        _state.Phase.Named(), _state.Step, _plan?.Steps ?? 0,
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

    private sealed record Postponed(RunEvent Event) : INoSerializationVerificationNeeded;

    private sealed record TakeLead : INoSerializationVerificationNeeded
    {
        public static readonly TakeLead Instance = new();
    }

    private sealed record TimerRang(RunEvent.TimerRang Event) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
