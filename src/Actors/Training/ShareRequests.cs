using Akka.Actor;
using Starling.Actors.Shares;

namespace Starling.Actors.Training;

/// <summary>
/// Knows which shares a trainer waits for, and which loaders were asked for them. Decides which loader to ask next. It
/// sends nothing itself, and measures time in calls of <see cref="Tick"/>.
/// </summary>
/// <param name="timeout">Ticks that a loader may be silent, or take for a share.</param>
internal sealed class ShareRequests(int timeout)
{
    private readonly SortedDictionary<ShareKey, Wanted> _wanted = new(ShareOrder.Instance);
    private readonly List<Loader> _loaders = [];
    private long _now;
    private int _lastAsked = -1;

    /// <summary>Number of loaders that can be asked.</summary>
    public int Loaders => _loaders.Count;

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
        _loaders.RemoveAll(loader => loader.Actor.Equals(actor));
    }

    /// <summary>
    /// Handles the failure of a loader, which has dropped its requests: it is not asked before the next tick.
    /// </summary>
    public void PauseLoader(IActorRef actor)
    {
        ForgetRequestsOf(actor);
        if (Find(actor) is { } loader) loader.PausedAt = _now;
    }

    /// <summary>Notes that a loader answered, with a share or a part of one.</summary>
    public void NoteAnswer(IActorRef actor)
    {
        if (Find(actor) is { } loader) loader.LastAnswer = _now;
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
        Loader? best = LeastBusy(except: wanted.Asked);
        if (wanted.Asked.Count == 0 || best?.Open == 0) return best;
        if (wanted.Asked.Any(loader => _now - loader.LastAnswer <= timeout)) return null;
        // If no other loader is left, an asked one is asked again: it may have restarted and lost the request.
        return best ?? LeastBusy(except: []);
    }

    /// <summary>Finds the loader with the fewest open requests. Loaders with equally many take turns.</summary>
    private Loader? LeastBusy(List<Loader> except)
    {
        Loader? best = null;
        int at = _lastAsked;
        for (int i = 1; i <= _loaders.Count; i++)
        {
            int index = (_lastAsked + i) % _loaders.Count;
            Loader loader = _loaders[index];
            if (loader.PausedAt == _now || except.Contains(loader) || best?.Open <= loader.Open) continue;
            (best, at) = (loader, index);
        }
        _lastAsked = at;
        return best;
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

        public long AskedAt { get; set; }
    }

    private sealed class Loader(IActorRef actor)
    {
        public IActorRef Actor => actor;

        /// <summary>Requests of this trainer that the loader has not answered.</summary>
        public int Open { get; set; }

        /// <summary>Tick of the last answer.</summary>
        public long LastAnswer { get; set; }

        /// <summary>The tick during which the loader is not asked, because it failed; −1 for none.</summary>
        public long PausedAt { get; set; } = -1;
    }

    private sealed class ShareOrder : IComparer<ShareKey>
    {
        public static readonly ShareOrder Instance = new();

        public int Compare(ShareKey? x, ShareKey? y) =>
            (x!.Step, x.Replica).CompareTo((y!.Step, y.Replica));
    }
}
