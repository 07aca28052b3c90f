namespace Starling.Model.Checkpoints;

/// <summary>Why a checkpoint could not be written. The name is the value of a metric's label.</summary>
public enum CheckpointFailure
{
    /// <summary>The disk is full, or a quota is used up.</summary>
    DiskFull,
    /// <summary>The folder or disk is read-only, or the process has no permission to write.</summary>
    Unwritable,
    /// <summary>Any other error of the disk.</summary>
    Disk,
    /// <summary>The files that were read back are not those that were written.</summary>
    Verification,
    /// <summary>A newer generation has already committed another state of this step.</summary>
    Superseded,
    /// <summary>
    /// The generation of the state is no longer the current one, and only the current one may commit.
    /// </summary>
    Fenced,
}
