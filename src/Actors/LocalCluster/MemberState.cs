namespace Starling.Actors.LocalCluster;

/// <summary>What the process of a member of a local cluster does.</summary>
internal enum MemberState
{
    /// <summary>It is not started: no member that it could join is ready, or it waits to be started again.</summary>
    Waiting,
    /// <summary>It runs, but has not joined the cluster yet.</summary>
    Starting,
    /// <summary>It runs and is a member of the cluster.</summary>
    Ready,
    /// <summary>It runs and was asked to leave.</summary>
    Leaving,
    /// <summary>It has ended and will not be started again.</summary>
    Ended,
}
