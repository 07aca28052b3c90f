using Akka.Actor;

namespace Starling.Actors.Protocol;

/// <summary>The messages to and from the actor <c>/user/status</c>, which every node has.</summary>
public static class NodeProtocol
{
    /// <summary>
    /// Asks for a <see cref="ClusterStatus"/>. The asking system need not be a member of the cluster.
    /// </summary>
    public sealed record StatusRequest
    {
        /// <summary>The only instance.</summary>
        public static readonly StatusRequest Instance = new();
    }

    /// <summary>Answers with the cluster as this node sees it.</summary>
    /// <param name="Node">Name of the answering node.</param>
    /// <param name="Members">All members of the cluster, the answering node included, by address.</param>
    /// <param name="Run">The answer of the supervisor; null if no supervisor answers.</param>
    public sealed record ClusterStatus(string Node, IReadOnlyList<MemberStatus> Members, RunStatus? Run);

    /// <summary>A member of the cluster.</summary>
    /// <param name="Address">Address that the node listens on.</param>
    /// <param name="Roles">Roles of the node; see <see cref="NodeRole"/>.</param>
    /// <param name="Status">Akka's name of the node's state, such as up or leaving.</param>
    /// <param name="Reachable">False while the cluster cannot reach the node.</param>
    public sealed record MemberStatus(string Address, IReadOnlyList<string> Roles, string Status, bool Reachable);

    /// <summary>Sent within the process: the node has become a member and may register.</summary>
    public sealed record Joined : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static readonly Joined Instance = new();
    }

    /// <summary>Sent within the process: the node asks the supervisor to release its trainer.</summary>
    public sealed record Leave : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static readonly Leave Instance = new();
    }

    /// <summary>Published within the process: the node has joined and has started the actors of its roles.</summary>
    public sealed record Started : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static readonly Started Instance = new();
    }

    /// <summary>Published within the process: the node ends, so its actors end too.</summary>
    public sealed record Ending : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static readonly Ending Instance = new();
    }
}
