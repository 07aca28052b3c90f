using Starling.Actors.Protocol;

namespace Starling.Actors.LocalCluster;

/// <summary>A member of a local cluster, whether it runs or not.</summary>
/// <param name="Name">For instance <c>trainer-2</c>.</param>
/// <param name="Kind">What it is one of: the first of its roles.</param>
/// <param name="Roles">What it does.</param>
internal sealed record MemberPlan(string Name, string Kind, IReadOnlyList<string> Roles)
{
    /// <summary>The member of a kind with a number.</summary>
    public static MemberPlan Of(string kind, int number, ClusterRequest request) =>
        new(FormattableString.Invariant($"{kind}-{number}"), kind, kind == NodeRole.Trainer && request.Loaders == 0
            ? [kind, NodeRole.Loader]
            : [kind]);
}
