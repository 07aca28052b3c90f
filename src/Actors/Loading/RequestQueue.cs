using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Starling.Actors.Shares;

namespace Starling.Actors.Loading;

/// <summary>
/// What a loader was asked for and has not answered: first come, first served. A share that several ask for is made
/// once, and one that nobody waits for any more is not begun.
/// </summary>
internal sealed class RequestQueue
{
    private readonly Dictionary<ShareKey, List<IActorRef>> _askers = [];
    private readonly Queue<ShareKey> _waiting = new();
    private readonly HashSet<ShareKey> _inWork = [];

    /// <summary>Shares that are being made.</summary>
    public int InWork => _inWork.Count;

    /// <summary>Enters a request; one that is in already changes nothing.</summary>
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

    /// <summary>An asker does not need a share any more.</summary>
    public void Withdraw(ShareKey key, IActorRef asker)
    {
        if (_askers.TryGetValue(key, out List<IActorRef>? askers) && askers.Remove(asker) && askers.Count == 0)
            _askers.Remove(key);
    }

    /// <summary>An asker is gone.</summary>
    public void Withdraw(IActorRef asker)
    {
        foreach (ShareKey key in _askers.Keys.ToArray()) Withdraw(key, asker);
    }

    /// <summary>Takes the next share to begin with.</summary>
    public bool TryBegin([NotNullWhen(true)] out ShareKey? key)
    {
        while (_waiting.TryDequeue(out key))
        {
            // Withdrawn, or withdrawn and asked for again, and then begun when its first place in the queue came.
            if (_askers.ContainsKey(key) && _inWork.Add(key)) return true;
        }
        return false;
    }

    /// <summary>A share is made: who is to get it. Nobody, if all have withdrawn.</summary>
    public IReadOnlyList<IActorRef> Made(ShareKey key)
    {
        _inWork.Remove(key);
        return _askers.Remove(key, out List<IActorRef>? askers) ? askers : [];
    }

    /// <summary>Everybody who waits for anything; forgets all requests.</summary>
    public IReadOnlyList<IActorRef> Clear()
    {
        IActorRef[] all = [.. _askers.Values.SelectMany(askers => askers).Distinct()];
        _askers.Clear();
        _waiting.Clear();
        _inWork.Clear();
        return all;
    }
}
