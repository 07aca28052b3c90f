using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Shares;
using Starling.Data;

namespace Starling.Actors.Loading;

/// <summary>
/// Hands out shares on request. The source reads Parquet row groups, decodes, augments and, if so configured,
/// tokenizes, on threads of its own. The loader keeps no position in the data: an answer is a pure function of the
/// request.
/// </summary>
public sealed class ShardLoader : ReceiveActor, IWithTimers
{
    private const string PixelsDoNotTravel = "a loader of another node was asked, and images do not travel between " +
        "nodes: set data.tokenizeOn=loader, or give every trainer's node the loader role";

    private static readonly TimeSpan QueueReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SourceEndTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a file may be missing before it counts as gone. A disk that is mounted again comes back earlier.
    /// </summary>
    internal static readonly TimeSpan MissingTimeout = TimeSpan.FromSeconds(30);

    private readonly Func<IShareSource> _open;
    private readonly int _ahead;
    private readonly RequestQueue _queue = new();
    private readonly RecentShares _recent;
    private readonly CancellationTokenSource _stop = new();
    private readonly IActorRef _monitor;
    private readonly SupervisorRegistration _registration;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _damage = []; // reasons that the monitor was told of
    private IShareSource? _source;
    private string? _trouble; // the kind of fault that keeps this node from making shares; null while it makes them
    private long? _missingSince; // timestamp

    /// <summary>Creates a loader that answers from the source that <paramref name="open"/> starts.</summary>
    /// <param name="name">The loader's name in the cluster.</param>
    /// <param name="identity">Describes the run; has to be equal on all nodes.</param>
    /// <param name="open">Starts the source's threads. Called again if the source has failed.</param>
    /// <param name="ahead">Shares that may be in work at a time, from 1.</param>
    /// <param name="supervisor">The supervisor that the loader registers with.</param>
    /// <param name="monitor">Is told once a second how many decoded batches wait, and of faults.</param>
    /// <param name="time">The clock.</param>
    public ShardLoader(
        string name, RunIdentity identity, Func<IShareSource> open, int ahead, IActorRef supervisor,
        IActorRef monitor, TimeProvider time)
    {
        _time = time;
        (_open, _ahead, _recent, _monitor) = (open, ahead, new RecentShares(4 * ahead), monitor);
        _registration = new SupervisorRegistration(
            Context, Timers, supervisor, new SupervisorProtocol.RegisterLoader(identity, name, Self));
        Receive<SupervisorProtocol.Registered>(_ => { });
        Receive<SupervisorProtocol.RunEnded>(_ => { });
        Receive<SupervisorProtocol.Refused>(_registration.Refuse);
        Receive<SupervisorRegistration.Again>(_ => _registration.Send());
        Receive<LoaderProtocol.Request>(m => OnRequest(new ShareKey(m.Step, m.Replica)));
        Receive<LoaderProtocol.Withdraw>(m => _queue.Withdraw(new ShareKey(m.Step, m.Replica), Sender));
        Receive<ReportQueue>(_ => TellQueue());
        Receive<Terminated>(m => _queue.Withdraw(m.ActorRef));
        // The mailbox survives a restart, so it may hold messages of the previous source. They are dropped: the askers
        // were told of its failure.
        Receive<ShareMade>(m => m.Source == _source, m => OnShareMade(m.Result));
        Receive<SourceFailed>(m => m.Source == _source, m => OnSourceFailed(m.Reason));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts the threads and the task that takes the finished shares, and registers.</summary>
    protected override void PreStart()
    {
        _registration.Send();
        try
        {
            Open();
        }
        catch (Exception e)
        {
            Self.Tell(new SourceFailed(null, e), ActorRefs.NoSender); // nobody waits for a share yet
        }
        TellQueue();
    }

    /// <summary>
    /// Registers without opening a source. The next request opens it: those who ask wait longer after each failure, and
    /// so a tokenizer that cannot be loaded, for instance, is not tried again without pause.
    /// </summary>
    protected override void PostRestart(Exception reason)
    {
        _registration.Send();
        TellQueue();
    }

    /// <summary>
    /// Stops the source and waits for its threads. Blocks, so the actor needs a thread of its own (pinned dispatcher).
    /// </summary>
    protected override void PostStop()
    {
        _stop.Cancel();
        if (_source is not { } source) return;
        // The process crashes if it ends while a thread is inside libtorch. A task of the pool disposes of the source,
        // because nothing that is awaited there may need the blocked thread of this actor.
        Task.Run(() => source.DisposeAsync().AsTask()).Wait(SourceEndTimeout);
    }

    private void TellQueue()
    {
        if (_source is { } source)
            _monitor.Tell(new MonitorProtocol.BatchQueue(source.QueueDepth, source.QueueCapacity));
        Timers.StartSingleTimer(ReportQueue.Instance, ReportQueue.Instance, QueueReportInterval);
    }

    private void OnRequest(ShareKey key)
    {
        if (_source is null) OpenAgain(key);
        if (!_source!.Travels && !Sender.Path.Address.HasLocalScope)
        {
            Sender.Tell(new LoaderProtocol.Failed(key.Step, key.Replica, PixelsDoNotTravel, FaultScope.Request));
            return;
        }
        if (_recent.Find(key) is { } made)
        {
            Send(made, Sender);
            return;
        }
        Context.Watch(Sender); // the requests of a feeder that stops are dropped
        _queue.Add(key, Sender);
        BeginShares();
    }

    /// <summary>Opens a source for a request, after an earlier one has failed.</summary>
    private void OpenAgain(ShareKey key)
    {
        try
        {
            Open();
        }
        catch (Exception e)
        {
            _queue.Add(key, Sender);
            OnSourceFailed(e);
        }
    }

    private void Open()
    {
        _source = _open();
        _ = ReadAsync(_source, Self, _stop.Token);
    }

    private void BeginShares()
    {
        while (_queue.InWork < _ahead && _queue.TryBegin(out ShareKey? next))
        {
            if (_source!.TryRequest(next.Step, next.Replica)) continue;
            // A source takes as many requests as may be in work, so a refusal is a defect of the program.
            OnSourceFailed(new InvalidOperationException(
                $"the source refused the share of step {next.Step}, replica {next.Replica}: too many requests wait"));
        }
    }

    private void OnShareMade(ShareResult made)
    {
        ShareKey key = new(made.Step, made.Replica);
        if (made.Share is { } share)
        {
            if (_trouble is not null) _monitor.Tell(new MonitorProtocol.Note("the loader makes shares again"));
            (_trouble, _missingSince) = (null, null);
            _recent.Keep(key, share);
            foreach (IActorRef asker in _queue.Finish(key)) Send(share, asker);
        }
        else
        {
            LoaderFault fault = Judge(made.Failure!);
            foreach (IActorRef asker in _queue.Finish(key)) asker.Tell(Failure(key, fault));
        }
        BeginShares();
    }

    /// <summary>Judges what kept a share from being made, and tells the monitor.</summary>
    private LoaderFault Judge(Exception reason)
    {
        LoaderFault fault = LoaderFault.Of(reason);
        if (fault.Kind == LoaderFault.Missing)
        {
            _missingSince ??= _time.GetTimestamp();
            if (_time.GetElapsedTime(_missingSince.Value) > MissingTimeout)
                fault = fault with
                {
                    Scope = FaultScope.Request,
                    Reason = $"{fault.Reason} It is gone for good, it seems: restore it, then start again",
                };
        }
        else
        {
            _missingSince = null;
        }
        bool isNew = fault.Scope == FaultScope.Node ? _trouble != fault.Kind : _damage.Add(fault.Reason);
        if (fault.Scope == FaultScope.Node) _trouble = fault.Kind;
        _monitor.Tell(new MonitorProtocol.LoaderFault(
            fault.Kind, fault.Kind == "program" ? reason.ToString() : fault.Reason, isNew));
        return fault;
    }

    private static LoaderProtocol.Failed Failure(ShareKey key, LoaderFault fault) =>
        new(key.Step, key.Replica, fault.Reason, fault.Scope);

    private static void Send(ReplicaShare share, IActorRef asker)
    {
        try
        {
            if (share is PixelShare pixels) asker.Tell(new LoaderProtocol.Loaded(pixels.Batch));
            else foreach (LoaderProtocol.LoadedTokens part in TokenParts.Split((TokenShare)share)) asker.Tell(part);
        }
        catch (StarlingException e)
        {
            asker.Tell(new LoaderProtocol.Failed(share.Step, share.Replica, e.Message, e.Scope));
        }
    }

    private void OnSourceFailed(Exception reason)
    {
        // A source that failed makes no more shares. A new source may work, so the actor restarts.
        LoaderFault fault = Judge(reason);
        if (fault.Kind == "program") fault = fault with { Scope = FaultScope.Node };
        foreach ((ShareKey key, IActorRef asker) in _queue.Clear()) asker.Tell(Failure(key, fault));
        throw new LoaderFailedException(reason);
    }

    private static async Task ReadAsync(IShareSource source, IActorRef self, CancellationToken stop)
    {
        try
        {
            await foreach (ShareResult made in source.ReadAsync(stop))
                self.Tell(new ShareMade(source, made), ActorRefs.NoSender);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            self.Tell(new SourceFailed(source, e), ActorRefs.NoSender);
        }
    }

    private sealed record ReportQueue : INoSerializationVerificationNeeded
    {
        public static readonly ReportQueue Instance = new();
    }

    private sealed record ShareMade(IShareSource Source, ShareResult Result) : INoSerializationVerificationNeeded;

    private sealed record SourceFailed(IShareSource? Source, Exception Reason) : INoSerializationVerificationNeeded;
}
