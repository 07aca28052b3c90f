namespace Starling.Model.Checkpoints;

/// <summary>Why a checkpoint could not be written, as the label of a metric.</summary>
public enum CheckpointFailure
{
    /// <summary>No space left, or over quota.</summary>
    DiskFull,
    /// <summary>The folder or disk is read-only, or belongs to somebody else.</summary>
    Unwritable,
    /// <summary>Any other error of the disk.</summary>
    Disk,
    /// <summary>What was read back is not what was to be written.</summary>
    Verification,
    /// <summary>A newer generation has already committed another state of this step.</summary>
    Superseded,
    /// <summary>The generation of the state is over; only the current one may commit.</summary>
    Fenced,
}
