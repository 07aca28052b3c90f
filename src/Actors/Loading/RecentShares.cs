using Starling.Actors.Shares;

namespace Starling.Actors.Loading;

/// <summary>
/// The last shares that a loader made. After a change of the trainers the coming steps are asked for again, by other
/// trainers: tokens are small enough to keep, pixels are not.
/// </summary>
/// <param name="capacity">How many to keep.</param>
internal sealed class RecentShares(int capacity)
{
    private readonly Dictionary<ShareKey, TokenShare> _shares = [];
    private readonly Queue<ShareKey> _order = new();

    /// <summary>A share that is still here, or null.</summary>
    public ReplicaShare? Find(ShareKey key) => _shares.GetValueOrDefault(key);

    /// <summary>Keeps a share, and lets the oldest go.</summary>
    public void Keep(ShareKey key, ReplicaShare share)
    {
        if (share is not TokenShare tokens || !_shares.TryAdd(key, tokens)) return;
        _order.Enqueue(key);
        if (_order.Count > capacity) _shares.Remove(_order.Dequeue());
    }
}
