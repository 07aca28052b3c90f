namespace Starling.Data;

/// <summary>
/// How far a fault reaches. The scope is decided where the fault is found, because the place knows what was asked of
/// whom.
/// </summary>
public enum FaultScope
{
    /// <summary>
    /// What was asked for cannot be had on this node, now or later: a damaged file, for instance. Another node may have
    /// a good copy, so a run ends only when none of the nodes that it has can give it.
    /// </summary>
    Request,

    /// <summary>
    /// This node cannot work at the moment: its disk, its network or a file of its own is at fault. The fault may pass,
    /// and the other nodes go on without this one.
    /// </summary>
    Node,

    /// <summary>
    /// The fault is the same on every node: the configuration, the data set or the checkpoint is the wrong one. The run
    /// cannot go on anywhere.
    /// </summary>
    Run,
}
