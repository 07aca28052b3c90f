using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Shares;

namespace Starling.Actors.Training;

/// <summary>
/// Knows which shares a trainer waits for, and which loaders were asked for them. Decides which loader to ask next. It
/// sends nothing itself, and measures time in calls of <see cref="Tick"/>.
/// </summary>
/// <param name="timeout">Ticks that a loader may be silent, or take for a share.</param>
internal sealed class ShareRequests(int timeout)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2), LongestPause = TimeSpan.FromSeconds(10);

    private readonly SortedDictionary<ShareKey, Wanted> _wanted = new(ShareOrder.Instance);
    private readonly List<Loader> _loaders = [];
    private long _now, _lastLoss; // ticks; at the start, loaders may be missing too
    private int _lastAsked = -1;

    /// <summary>
    /// Whether all loaders fail because of faults of their nodes. False without loaders, or once one has answered.
    /// </summary>
    public bool AllFail => _loaders.Count > 0 && _loaders.TrueForAll(loader => loader.Pause > TimeSpan.Zero);

    /// <summary>
    /// Whether a loader may be missing: one was lost a while ago, or the generation has just begun. It may have a good
    /// copy of what the others refuse.
    /// </summary>
    public bool MayMissLoaders => _now - _lastLoss <= timeout;

    /// <summary>
    /// The last refusal of the earliest share that all present loaders have refused; null if there is no such share.
    /// </summary>
    public LoaderProtocol.Failed? RefusedByAll => _loaders.Count == 0
        ? null
        : _wanted.Values.FirstOrDefault(wanted => _loaders.TrueForAll(wanted.Refused.Contains))?.Refusal;

    /// <summary>Adds a share to those that are waited for.</summary>
    public void Want(ShareKey key) => _wanted.TryAdd(key, new Wanted());

    /// <summary>Whether a share is still waited for.</summary>
    public bool IsWanted(ShareKey key) => _wanted.ContainsKey(key);

    /// <summary>
    /// Replaces the loaders that can be asked. Shares that were asked of a removed loader are asked for again.
    /// </summary>
    public void ReplaceLoaders(IReadOnlyList<IActorRef> loaders)
    {
        foreach (Loader gone in _loaders.Where(loader => !loaders.Contains(loader.Actor)).ToArray())
            RemoveLoader(gone.Actor);
        foreach (IActorRef loader in loaders.Where(actor => Find(actor) is null))
            _loaders.Add(new Loader(loader) { LastAnswer = _now });
    }

    /// <summary>Removes a loader. Shares that were asked of it are asked for again.</summary>
    public void RemoveLoader(IActorRef actor)
    {
        ForgetRequestsOf(actor);
        _lastLoss = _now;
        _loaders.RemoveAll(loader => loader.Actor.Equals(actor));
    }

    /// <summary>
    /// Handles a fault of a loader's node. The loader is asked for nothing before <see cref="Resume"/>, and then for
    /// one share at a time until it answers one.
    /// </summary>
    /// <returns>The time before <see cref="Resume"/>, longer each time; null if the loader pauses already.</returns>
    public TimeSpan? Pause(ShareKey key, IActorRef actor)
    {
        if (Find(actor) is not { } loader) return null;
        ForgetRequest(key, loader);
        if (loader.IsPaused) return null;
        loader.IsPaused = true;
        loader.Pause = loader.Pause == TimeSpan.Zero ? FirstPause
            : TimeSpan.FromTicks(Math.Min(2 * loader.Pause.Ticks, LongestPause.Ticks));
        return loader.Pause;
    }

    /// <summary>Ends a loader's pause.</summary>
    public void Resume(IActorRef actor)
    {
        if (Find(actor) is { } loader) loader.IsPaused = false;
    }

    /// <summary>Notes that a loader cannot make a share, now or later: it is not asked for that share again.</summary>
    public void Refuse(LoaderProtocol.Failed refusal, IActorRef actor)
    {
        ShareKey key = new(refusal.Step, refusal.Replica);
        if (Find(actor) is not { } loader || !_wanted.TryGetValue(key, out Wanted? wanted)) return;
        NoteAnswer(actor);
        ForgetRequest(key, loader);
        wanted.Refused.Add(loader);
        wanted.Refusal = refusal;
    }

    /// <summary>Notes that a loader answered, with a share, a part of one, or a refusal.</summary>
    public void NoteAnswer(IActorRef actor)
    {
        if (Find(actor) is not { } loader) return;
        loader.LastAnswer = _now;
        loader.Pause = TimeSpan.Zero;
        loader.IsPaused = false;
    }

    /// <summary>Removes a share that has arrived.</summary>
    /// <returns>The other loaders that were asked for the share, and need not make it any more.</returns>
    public IReadOnlyList<IActorRef> Complete(ShareKey key, IActorRef from)
    {
        if (!_wanted.Remove(key, out Wanted? wanted)) return [];
        foreach (Loader loader in wanted.Asked) loader.Open--;
        return [.. wanted.Asked.Select(loader => loader.Actor).Where(actor => !actor.Equals(from))];
    }

    /// <summary>Returns the requests for shares of a step that were sent and are not answered yet.</summary>
    public IReadOnlyList<(ShareKey Key, IActorRef Loader)> OpenOf(long step) =>
        [.. _wanted.Where(w => w.Key.Step == step).SelectMany(w => w.Value.Asked.Select(l => (w.Key, l.Actor)))];

    /// <summary>Moves the time on by one tick.</summary>
    public void Tick() => _now++;

    /// <summary>
    /// Chooses the requests to send now, earliest step first, and counts them as asked. A share is asked for if no
    /// loader was asked for it, or if it is late.
    /// </summary>
    /// <remarks>
    /// A share is late if it was asked for longer ago than the timeout, and if in addition its loaders have been silent
    /// for longer than the timeout, or another loader has no open request of this trainer. A slow loader that keeps
    /// answering earlier requests does not make a share late: asking a second busy loader would only double the work.
    /// </remarks>
    public IReadOnlyList<(ShareKey Key, IActorRef Loader)> TakeNext()
    {
        List<(ShareKey, IActorRef)> next = [];
        foreach ((ShareKey key, Wanted wanted) in _wanted)
        {
            if (wanted.Asked.Count > 0 && _now - wanted.AskedAt <= timeout) continue;
            if (Choose(wanted) is not { } loader) continue;
            if (!wanted.Asked.Contains(loader))
            {
                wanted.Asked.Add(loader);
                loader.Open++;
            }
            wanted.AskedAt = _now;
            next.Add((key, loader.Actor));
        }
        return next;
    }

    private Loader? Choose(Wanted wanted)
    {
        Loader? best = LeastBusy(loader => loader.IsFree && !wanted.Asked.Contains(loader) &&
            !wanted.Refused.Contains(loader));
        if (wanted.Asked.Count == 0 || best?.Open == 0) return best;
        if (wanted.Asked.Any(loader => _now - loader.LastAnswer <= timeout)) return null;
        // If no other loader is left, an asked one is asked again: it may have restarted and lost the request.
        return best ?? LeastBusy(loader => !loader.IsPaused && !wanted.Refused.Contains(loader));
    }

    /// <summary>
    /// Finds the suitable loader with the fewest open requests. Loaders with equally many take turns.
    /// </summary>
    private Loader? LeastBusy(Predicate<Loader> isSuitable)
    {
        Loader? best = null;
        int at = _lastAsked;
        for (int i = 1; i <= _loaders.Count; i++)
        {
            int index = (_lastAsked + i) % _loaders.Count;
            Loader loader = _loaders[index];
            if (!isSuitable(loader) || best?.Open <= loader.Open) continue;
            (best, at) = (loader, index);
        }
        _lastAsked = at;
        return best;
    }

    private void ForgetRequest(ShareKey key, Loader loader)
    {
        if (_wanted.TryGetValue(key, out Wanted? wanted) && wanted.Asked.Remove(loader)) loader.Open--;
    }

    private void ForgetRequestsOf(IActorRef actor)
    {
        if (Find(actor) is not { } loader) return;
        foreach (Wanted wanted in _wanted.Values) wanted.Asked.Remove(loader);
        loader.Open = 0;
    }

    private Loader? Find(IActorRef actor) => _loaders.Find(loader => loader.Actor.Equals(actor));

    private sealed class Wanted
    {
        public List<Loader> Asked { get; } = [];

        /// <summary>Loaders that cannot make the share.</summary>
        public HashSet<Loader> Refused { get; } = [];

        public LoaderProtocol.Failed? Refusal { get; set; }

        public long AskedAt { get; set; }
    }

    private sealed class Loader(IActorRef actor)
    {
        public IActorRef Actor => actor;

        /// <summary>Requests of this trainer that the loader has not answered.</summary>
        public int Open { get; set; }

        /// <summary>Tick of the last answer.</summary>
        public long LastAnswer { get; set; }

        /// <summary>The pause after the last fault of the loader's node; zero once it has answered again.</summary>
        public TimeSpan Pause { get; set; }

        /// <summary>Whether the loader must not be asked now.</summary>
        public bool IsPaused { get; set; }

        /// <summary>
        /// Whether the loader may be asked for one more share. One that failed is tried with a single share.
        /// </summary>
        public bool IsFree => !IsPaused && (Pause == TimeSpan.Zero || Open == 0);
    }

    private sealed class ShareOrder : IComparer<ShareKey>
    {
        public static readonly ShareOrder Instance = new();

        public int Compare(ShareKey? x, ShareKey? y) =>
            (x!.Step, x.Replica).CompareTo((y!.Step, y.Replica));
    }
}
