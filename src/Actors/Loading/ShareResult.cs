using Starling.Actors.Shares;

namespace Starling.Actors.Loading;

/// <summary>What became of one request: a share, or the reason why there is none.</summary>
/// <param name="Step">The step of the request, from 0.</param>
/// <param name="Replica">The replica of the request.</param>
/// <param name="Share">The share; null if it could not be made.</param>
/// <param name="Failure">Why it could not be made; null if there is a share.</param>
public sealed record ShareResult(long Step, int Replica, ReplicaShare? Share, Exception? Failure)
{
    /// <summary>Wraps a share.</summary>
    public static ShareResult Of(ReplicaShare share) => new(share.Step, share.Replica, share, null);
}
