using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// A checkpoint could not be written. No half-written one is left and the earlier checkpoints are unchanged, so
/// training may go on and try again.
/// </summary>
public sealed class CheckpointWriteException : StarlingException
{
    private const int NoSpace = 28, OverQuota = 122, ReadOnlyFileSystem = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    internal CheckpointWriteException(CheckpointFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>The kind of the failure.</summary>
    public CheckpointFailure Failure { get; }

    internal static CheckpointWriteException From(Exception e, long step, string folder)
    {
        (CheckpointFailure failure, string advice) = e switch
        {
            { HResult: NoSpace or OverQuota or WindowsDiskFull } => (CheckpointFailure.DiskFull, "free some space"),
            UnauthorizedAccessException or { HResult: ReadOnlyFileSystem } =>
                (CheckpointFailure.Unwritable, "make the folder writable"),
            _ => (CheckpointFailure.Disk, "check the disk"),
        };
        return new CheckpointWriteException(failure,
            $"the checkpoint of step {step} could not be written to {folder}: {e.Message}; {advice}", e);
    }
}
