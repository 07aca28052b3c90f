namespace Starling.Actors.Clustering;

/// <summary>What became of a connection to a port.</summary>
internal enum Reach
{
    /// <summary>A process listens there.</summary>
    Listens,
    /// <summary>The machine is there, and no process listens on the port.</summary>
    Refuses,
    /// <summary>Nothing came back: the machine is gone or slow, or the network is broken.</summary>
    Silent,
}
