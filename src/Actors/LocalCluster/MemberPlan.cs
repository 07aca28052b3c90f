using Starling.Actors.Protocol;

namespace Starling.Actors.LocalCluster;

/// <summary>Name and roles of a member of a local cluster, whether its process runs or not.</summary>
/// <param name="Name">For instance <c>trainer-2</c>.</param>
/// <param name="Kind">The first of its roles, after which it is named.</param>
/// <param name="Roles">All its roles; see <see cref="NodeRole"/>.</param>
internal sealed record MemberPlan(string Name, string Kind, IReadOnlyList<string> Roles)
{
    /// <summary>
    /// Makes the plan of a member. In a cluster without loaders each trainer has the role of a loader, too.
    /// </summary>
    /// <param name="kind">Its first role.</param>
    /// <param name="number">Its number among the members of the kind, from 1.</param>
    /// <param name="request">What the cluster was started with.</param>
    public static MemberPlan Of(string kind, int number, ClusterRequest request) =>
        new(FormattableString.Invariant($"{kind}-{number}"), kind, kind == NodeRole.Trainer && request.Loaders == 0
            ? [kind, NodeRole.Loader]
            : [kind]);
}
