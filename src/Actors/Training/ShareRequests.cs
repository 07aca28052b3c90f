using Akka.Actor;
using Starling.Actors.Shares;

namespace Starling.Actors.Training;

/// <summary>
/// Which shares a trainer waits for, and which loaders it has asked for them. Decides whom to ask next; sends nothing
/// and knows no clock but the ticks it is told of.
/// </summary>
/// <param name="timeout">Ticks that a loader may take.</param>
internal sealed class ShareRequests(int timeout)
{
    private readonly SortedDictionary<ShareKey, Wanted> _wanted = new(ShareOrder.Instance);
    private readonly List<Source> _loaders = [];
    private long _now;
    private int _last = -1;

    /// <summary>Loaders that can be asked.</summary>
    public int Loaders => _loaders.Count;

    /// <summary>A share is needed.</summary>
    public void Want(ShareKey key) => _wanted.TryAdd(key, new Wanted());

    /// <summary>Whether a share is still waited for.</summary>
    public bool IsWanted(ShareKey key) => _wanted.ContainsKey(key);

    /// <summary>
    /// These loaders can be asked from now on, and no others; what was asked of others is asked again.
    /// </summary>
    public void Use(IReadOnlyList<IActorRef> loaders)
    {
        foreach (Source gone in _loaders.Where(loader => !loaders.Contains(loader.Actor)).ToArray()) Drop(gone.Actor);
        foreach (IActorRef loader in loaders.Where(actor => Find(actor) is null))
            _loaders.Add(new Source(loader) { HeardOf = _now });
    }

    /// <summary>A loader is gone.</summary>
    public void Drop(IActorRef actor)
    {
        Forgot(actor);
        _loaders.RemoveAll(loader => loader.Actor.Equals(actor));
    }

    /// <summary>A loader failed and has forgotten its requests: it is left alone until the next tick.</summary>
    public void Failed(IActorRef actor)
    {
        Forgot(actor);
        if (Find(actor) is { } loader) loader.RestsIn = _now;
    }

    /// <summary>A loader answered, if only in part.</summary>
    public void Heard(IActorRef actor)
    {
        if (Find(actor) is { } loader) loader.HeardOf = _now;
    }

    /// <summary>A share is here: who else was asked for it, and need not bother any more.</summary>
    public IReadOnlyList<IActorRef> Arrived(ShareKey key, IActorRef from)
    {
        if (!_wanted.Remove(key, out Wanted? wanted)) return [];
        foreach (Source loader in wanted.Asked) loader.Open--;
        return [.. wanted.Asked.Select(loader => loader.Actor).Where(actor => !actor.Equals(from))];
    }

    /// <summary>Time passes.</summary>
    public void Tick() => _now++;

    /// <summary>
    /// Whom to ask for what, earliest step first: shares that nobody was asked for, and those that are late. Late is a
    /// share whose loader has been silent for longer than the timeout; or one asked for so long ago, while another
    /// loader has nothing to do for this trainer. (A slow one that is busy with earlier requests is not: asking
    /// elsewhere as well would only double the work.)
    /// </summary>
    public IReadOnlyList<(ShareKey Key, IActorRef Loader)> Next()
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

    private Source? Choose(Wanted wanted)
    {
        Source? best = LeastBusy(except: wanted.Asked);
        if (wanted.Asked.Count == 0 || best?.Open == 0) return best;
        if (wanted.Asked.Any(loader => _now - loader.HeardOf <= timeout)) return null;
        // The only loader there is may have been restarted, and know nothing of the request.
        return best ?? LeastBusy(except: []);
    }

    /// <summary>Among equals they take turns.</summary>
    private Source? LeastBusy(List<Source> except)
    {
        Source? best = null;
        int at = _last;
        for (int i = 1; i <= _loaders.Count; i++)
        {
            int index = (_last + i) % _loaders.Count;
            Source loader = _loaders[index];
            if (loader.RestsIn == _now || except.Contains(loader) || best?.Open <= loader.Open) continue;
            (best, at) = (loader, index);
        }
        _last = at;
        return best;
    }

    private void Forgot(IActorRef actor)
    {
        if (Find(actor) is not { } loader) return;
        foreach (Wanted wanted in _wanted.Values) wanted.Asked.Remove(loader);
        loader.Open = 0;
    }

    private Source? Find(IActorRef actor) => _loaders.Find(loader => loader.Actor.Equals(actor));

    private sealed class Wanted
    {
        public List<Source> Asked { get; } = [];

        public long AskedAt { get; set; }
    }

    private sealed class Source(IActorRef actor)
    {
        public IActorRef Actor => actor;

        /// <summary>Requests of this trainer that it has not answered.</summary>
        public int Open { get; set; }

        public long HeardOf { get; set; }

        /// <summary>The tick in which it is not to be asked.</summary>
        public long RestsIn { get; set; } = -1;
    }

    private sealed class ShareOrder : IComparer<ShareKey>
    {
        public static readonly ShareOrder Instance = new();

        public int Compare(ShareKey? x, ShareKey? y) =>
            (x!.Step, x.Replica).CompareTo((y!.Step, y.Replica));
    }
}
