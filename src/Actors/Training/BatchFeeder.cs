using System.Threading.Channels;
using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Shares;
using Starling.Data;

namespace Starling.Actors.Training;

/// <summary>
/// Keeps a trainer supplied with batches. It asks the loaders for the shares of the coming steps, a bounded number
/// ahead, and writes complete steps in order into the channel that the trainer's thread reads. A share that does not
/// come is asked for again, from another loader: all loaders give the same answer. A loader whose node fails is tried
/// again after growing pauses, for ever; a share that no loader can make is given up, once no loader is missed.
/// </summary>
public sealed class BatchFeeder : ReceiveActor, IWithTimers
{
    private const int TicksPerTimeout = 2;

    /// <summary>
    /// How often a request is repeated while the trainer waits for its share. A connection that was reset is made again
    /// within a tenth of a second.
    /// </summary>
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(0.25);

    private readonly Plan _plan;
    private readonly Channel<StepBatch> _steps;
    private readonly Action<LoaderProtocol.Failed> _failed;
    private readonly Action<string> _waiting;
    private readonly ShareRequests _requests = new(TicksPerTimeout);
    private readonly Dictionary<ShareKey, IncomingTokenShare> _parts = [];
    private readonly Dictionary<long, ReplicaShare?[]> _assembling = [];
    private readonly HashSet<IActorRef> _watched = [];
    private long _nextToAsk, _nextToHand;
    private bool _gaveUp;

    /// <summary>Creates a feeder for one generation.</summary>
    /// <param name="plan">What to feed.</param>
    /// <param name="steps">
    /// Has room for <see cref="Plan.StepsAhead"/> steps. The trainer's thread reads it through a
    /// <see cref="StepQueueReader"/>; the trainer's actor closes it.
    /// </param>
    /// <param name="failed">Called once with the last refusal, when a share is given up.</param>
    /// <param name="waiting">
    /// Called with the last reason while the nodes of all loaders fail, at each failure.
    /// </param>
    public BatchFeeder(
        Plan plan, Channel<StepBatch> steps, Action<LoaderProtocol.Failed> failed, Action<string> waiting)
    {
        _plan = plan;
        _steps = steps;
        _failed = failed;
        _waiting = waiting;
        _nextToAsk = _nextToHand = plan.FirstStep;
        Receive<LoaderProtocol.Loaded>(loaded => AddShare(new PixelShare(loaded.Batch)));
        Receive<LoaderProtocol.LoadedTokens>(AddPart);
        Receive<LoaderProtocol.Failed>(OnLoaderFailed);
        Receive<PauseOver>(m =>
        {
            _requests.Resume(m.Loader);
            SendRequests();
        });
        Receive<LoadersChanged>(m => ReplaceLoaders(m.Loaders));
        Receive<Terminated>(m => OnLoaderStopped(m.ActorRef));
        Receive<StepTaken>(_ => AskAhead());
        Receive<Repeat>(_ => RepeatRequests());
        Receive<Tick>(_ =>
        {
            _requests.Tick();
            SendRequests();
            StartTimer();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Says what a feeder asks for, and of which loaders.</summary>
    /// <param name="FirstStep">The first step to hand out.</param>
    /// <param name="EndStep">The step after the last one to hand out.</param>
    /// <param name="Replicas">The replicas that the trainer hosts, ascending.</param>
    /// <param name="Loaders">The loaders at first; if there are none, the feeder waits for some.</param>
    /// <param name="StepsAhead">Steps that may be asked for before they are needed.</param>
    /// <param name="Timeout">How long a loader may be silent before another one is asked.</param>
    public sealed record Plan(
        long FirstStep, long EndStep, IReadOnlyList<int> Replicas, IReadOnlyList<IActorRef> Loaders,
        int StepsAhead, TimeSpan Timeout) : INoSerializationVerificationNeeded
    {
        /// <summary>
        /// Whether loaders may come that are not there now. In a run of one process, and where trainers ask only their
        /// own loaders, there are none.
        /// </summary>
        public bool OthersMayCome { get; init; }
    }

    /// <summary>Tells the feeder that the trainer took a step out of the channel.</summary>
    public sealed record StepTaken : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static readonly StepTaken Instance = new();
    }

    /// <summary>
    /// Replaces the list of loaders. Shares that were asked of other loaders are asked of these. A listed loader that
    /// the feeder took for dead is asked again: Akka also reports the death of an actor when the message by which the
    /// feeder watches it is lost.
    /// </summary>
    public sealed record LoadersChanged(IReadOnlyList<IActorRef> Loaders) : INoSerializationVerificationNeeded;

    /// <summary>Starts the timer and sends the first requests.</summary>
    protected override void PreStart()
    {
        StartTimer();
        StartRepeating();
        ReplaceLoaders(_plan.Loaders);
        AskAhead();
    }

    private void StartTimer() =>
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, _plan.Timeout / TicksPerTimeout);

    private void StartRepeating() => Timers.StartSingleTimer(Repeat.Instance, Repeat.Instance, RepeatInterval);

    /// <summary>
    /// Repeats the requests for the step that the trainer waits for, since a request or its answer may be lost between
    /// nodes. A loader that is at work on the share ignores the repetition; one that has sent it sends it again.
    /// </summary>
    private void RepeatRequests()
    {
        StartRepeating();
        if (_steps.Reader.Count > 0) return;
        foreach ((ShareKey key, IActorRef loader) in _requests.OpenOf(_nextToHand))
            if (loader is not IActorRefScope { IsLocal: true })
                loader.Tell(new LoaderProtocol.Request(key.Step, key.Replica));
    }

    private void ReplaceLoaders(IReadOnlyList<IActorRef> loaders)
    {
        foreach (IActorRef gone in _watched.Except(loaders).ToArray()) Context.Unwatch(gone);
        foreach (IActorRef loader in loaders.Except(_watched)) Context.Watch(loader);
        _watched.Clear();
        _watched.UnionWith(loaders);
        _requests.ReplaceLoaders(loaders);
        SendRequests();
    }

    private void OnLoaderStopped(IActorRef loader)
    {
        _watched.Remove(loader);
        _requests.RemoveLoader(loader);
        SendRequests();
    }

    private void AskAhead()
    {
        // Steps that were asked for but not handed over, and those that wait in the channel, together fill the channel.
        while (_nextToAsk < _plan.EndStep && _nextToAsk - _nextToHand + _steps.Reader.Count < _plan.StepsAhead)
        {
            _assembling[_nextToAsk] = new ReplicaShare?[_plan.Replicas.Count];
            foreach (int replica in _plan.Replicas) _requests.Want(new ShareKey(_nextToAsk, replica));
            _nextToAsk++;
        }
        SendRequests();
    }

    private void SendRequests()
    {
        if (_requests.RefusedByAll is { } refusal)
        {
            if (!_requests.MayMissLoaders || !_plan.OthersMayCome) GiveUp(refusal);
            else _waiting(refusal.Reason);
            return;
        }
        foreach ((ShareKey key, IActorRef loader) in _requests.TakeNext())
            loader.Tell(new LoaderProtocol.Request(key.Step, key.Replica));
    }

    private void AddPart(LoaderProtocol.LoadedTokens part)
    {
        _requests.NoteAnswer(Sender);
        ShareKey key = new(part.Step, part.Replica);
        if (!_requests.IsWanted(key)) return;
        if (!_parts.TryGetValue(key, out IncomingTokenShare? share))
            _parts.Add(key, share = new IncomingTokenShare(part));
        if (share.Add(part) is not { } whole) return;
        _parts.Remove(key);
        AddShare(whole);
    }

    private void AddShare(ReplicaShare share)
    {
        _requests.NoteAnswer(Sender);
        ShareKey key = new(share.Step, share.Replica);
        if (!_requests.IsWanted(key)) return; // a share that was asked for twice may come twice
        foreach (IActorRef other in _requests.Complete(key, Sender))
            other.Tell(new LoaderProtocol.Withdraw(key.Step, key.Replica));
        _assembling[share.Step][IndexOf(share.Replica)] = share;
        while (_assembling.TryGetValue(_nextToHand, out ReplicaShare?[]? shares) && shares.All(s => s is not null))
        {
            // The channel has room: AskAhead asks for no more steps than there is room for.
            _steps.Writer.TryWrite(new StepBatch(_nextToHand, shares!));
            _assembling.Remove(_nextToHand++);
        }
    }

    private void OnLoaderFailed(LoaderProtocol.Failed failure)
    {
        switch (failure.Scope)
        {
            case FaultScope.Request:
                _requests.Refuse(failure, Sender);
                SendRequests();
                break;
            case FaultScope.Node:
                if (_requests.Pause(new ShareKey(failure.Step, failure.Replica), Sender) is { } pause)
                    Timers.StartSingleTimer(Sender, new PauseOver(Sender), pause);
                if (_requests.AllFail) _waiting(failure.Reason);
                SendRequests();
                break;
            default:
                GiveUp(failure);
                break;
        }
    }

    private void GiveUp(LoaderProtocol.Failed failure)
    {
        if (!_gaveUp) _failed(failure);
        _gaveUp = true;
    }

    private int IndexOf(int replica)
    {
        for (int i = 0; i < _plan.Replicas.Count; i++)
            if (_plan.Replicas[i] == replica) return i;
        throw new InvalidOperationException($"replica {replica} was not asked for");
    }

    private sealed record PauseOver(IActorRef Loader) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed record Repeat : INoSerializationVerificationNeeded
    {
        public static readonly Repeat Instance = new();
    }
}
