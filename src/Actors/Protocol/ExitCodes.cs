namespace Starling.Actors.Protocol;

/// <summary>What the program's exit code means.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>A fault of the program or the machine; the details are in a file.</summary>
    public const int Fault = 1;

    /// <summary>A mistake the user can put right, or damage found in what was to be checked.</summary>
    public const int UserError = 2;

    /// <summary>
    /// The cluster has given this node up; started again, it comes back as a new one (EX_TEMPFAIL of sysexits.h).
    /// </summary>
    public const int StartAgain = 75;

    /// <summary>Interrupted before it could end cleanly (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
