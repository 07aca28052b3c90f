namespace Starling.Actors.LocalCluster;

/// <summary>Where a member of a local cluster is.</summary>
internal enum MemberState
{
    /// <summary>Not started: nobody it could join is ready, or it waits to be started again.</summary>
    Waiting,
    /// <summary>Its process runs, but is no member yet.</summary>
    Starting,
    /// <summary>A member.</summary>
    Ready,
    /// <summary>Asked to leave.</summary>
    Leaving,
    /// <summary>Ended, and not to be started again.</summary>
    Ended,
}
