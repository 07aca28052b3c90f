using Akka.Actor;

namespace Starling.Actors.Protocol;

/// <summary>What the actor <c>/user/status</c> of every node is asked and answers.</summary>
public static class NodeProtocol
{
    /// <summary>Asks for a <see cref="ClusterStatus"/>; also from a system that is no member.</summary>
    public sealed record StatusRequest
    {
        /// <summary>The only one.</summary>
        public static readonly StatusRequest Instance = new();
    }

    /// <summary>The cluster as the asked node sees it.</summary>
    /// <param name="Node">The asked node's name.</param>
    /// <param name="Members">Its fellows and itself, by address.</param>
    /// <param name="Run">What the supervisor says; null if none answers.</param>
    public sealed record ClusterStatus(string Node, IReadOnlyList<MemberStatus> Members, RunStatus? Run);

    /// <summary>A node of the cluster.</summary>
    /// <param name="Address">Where it listens.</param>
    /// <param name="Roles">What it does.</param>
    /// <param name="Status">Akka's word for its state: up, leaving…</param>
    /// <param name="Reachable">False while it does not answer.</param>
    public sealed record MemberStatus(string Address, IReadOnlyList<string> Roles, string Status, bool Reachable);

    /// <summary>From its own process: the node is a member now and may offer itself.</summary>
    public sealed record Joined : INoSerializationVerificationNeeded
    {
        /// <summary>The only one.</summary>
        public static readonly Joined Instance = new();
    }

    /// <summary>From its own process: have the supervisor release what this node does.</summary>
    public sealed record Leave : INoSerializationVerificationNeeded
    {
        /// <summary>The only one.</summary>
        public static readonly Leave Instance = new();
    }
}
