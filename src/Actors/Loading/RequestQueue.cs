using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Starling.Actors.Shares;

namespace Starling.Actors.Loading;

/// <summary>
/// Keeps the requests that a loader has not answered yet, and says which share to begin next: first come, first
/// served. A share that several actors ask for is made once. A share is not begun if all its askers have withdrawn.
/// </summary>
internal sealed class RequestQueue
{
    private readonly Dictionary<ShareKey, List<IActorRef>> _askers = [];
    private readonly Queue<ShareKey> _waiting = new();
    private readonly HashSet<ShareKey> _inWork = [];

    /// <summary>Number of shares that are being made.</summary>
    public int InWork => _inWork.Count;

    /// <summary>Adds a request. A repeated request changes nothing.</summary>
    public void Add(ShareKey key, IActorRef asker)
    {
        if (_askers.TryGetValue(key, out List<IActorRef>? askers))
        {
            if (!askers.Contains(asker)) askers.Add(asker);
            return;
        }
        _askers.Add(key, [asker]);
        if (!_inWork.Contains(key)) _waiting.Enqueue(key);
    }

    /// <summary>Removes an asker's request for one share.</summary>
    public void Withdraw(ShareKey key, IActorRef asker)
    {
        if (_askers.TryGetValue(key, out List<IActorRef>? askers) && askers.Remove(asker) && askers.Count == 0)
            _askers.Remove(key);
    }

    /// <summary>Removes all requests of an asker.</summary>
    public void Withdraw(IActorRef asker)
    {
        foreach (ShareKey key in _askers.Keys.ToArray()) Withdraw(key, asker);
    }

    /// <summary>Takes the next share to begin; it then counts as in work.</summary>
    public bool TryBegin([NotNullWhen(true)] out ShareKey? key)
    {
        while (_waiting.TryDequeue(out key))
        {
            // Withdrawing leaves a key in the queue, so a key may have no request any more; or it may be there twice,
            // after it was asked for again. The second place is skipped if the share was begun at the first.
            if (_askers.ContainsKey(key) && _inWork.Add(key)) return true;
        }
        return false;
    }

    /// <summary>Takes a finished share out of work.</summary>
    /// <returns>The actors that are to get it; none if all have withdrawn.</returns>
    public IReadOnlyList<IActorRef> Finish(ShareKey key)
    {
        _inWork.Remove(key);
        return _askers.Remove(key, out List<IActorRef>? askers) ? askers : [];
    }

    /// <summary>Removes all requests.</summary>
    /// <returns>Each share that was waited for, and who waited.</returns>
    public IReadOnlyList<(ShareKey Key, IActorRef Asker)> Clear()
    {
        (ShareKey, IActorRef)[] all =
            [.. _askers.SelectMany(wanted => wanted.Value.Select(asker => (wanted.Key, asker)))];
        _askers.Clear();
        _waiting.Clear();
        _inWork.Clear();
        return all;
    }
}
