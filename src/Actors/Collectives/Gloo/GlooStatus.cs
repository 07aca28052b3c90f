namespace Starling.Actors.Collectives.Gloo;

/// <summary>Results of <see cref="GlooNative"/>; the numbers are those of the C side.</summary>
internal enum GlooStatus
{
    Ok = 0,
    PeerLost = 1,
    TimedOut = 2,
    Aborted = 3,
    Invalid = 4,
}
