namespace Starling.Actors.Collectives;

/// <summary>Why an exchange failed.</summary>
public enum CollectiveFault
{
    /// <summary>Another member is lost: its connection broke, or it left the group.</summary>
    PeerLost,
    /// <summary>Another member did not take part in time.</summary>
    TimedOut,
    /// <summary>This member was told to stop.</summary>
    Aborted,
    /// <summary>The members disagree on generation, size, ranks, plan, or the size of a transfer.</summary>
    Mismatch,
}
