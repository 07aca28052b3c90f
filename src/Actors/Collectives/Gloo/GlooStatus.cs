namespace Starling.Actors.Collectives.Gloo;

/// <summary>Results of <see cref="GlooNative"/>, with the numbers of Native/starling_gloo.cc.</summary>
internal enum GlooStatus
{
    Ok = 0,
    PeerLost = 1,
    TimedOut = 2,
    Aborted = 3,
    Invalid = 4,
}
