using Starling.Actors.Shares;

namespace Starling.Actors.Loading;

/// <summary>
/// Keeps the last shares that a loader made. After a change of the trainers, other trainers ask for the same coming
/// steps again. Only tokens are kept, because pixels would take too much memory.
/// </summary>
/// <param name="capacity">Number of shares to keep.</param>
internal sealed class RecentShares(int capacity)
{
    private readonly Dictionary<ShareKey, TokenShare> _shares = [];
    private readonly Queue<ShareKey> _order = new();

    /// <summary>Finds a kept share; null if it is not kept any more.</summary>
    public ReplicaShare? Find(ShareKey key) => _shares.GetValueOrDefault(key);

    /// <summary>Keeps a share of tokens, and drops the oldest one if there are too many.</summary>
    public void Keep(ShareKey key, ReplicaShare share)
    {
        if (share is not TokenShare tokens || !_shares.TryAdd(key, tokens)) return;
        _order.Enqueue(key);
        if (_order.Count > capacity) _shares.Remove(_order.Dequeue());
    }
}
