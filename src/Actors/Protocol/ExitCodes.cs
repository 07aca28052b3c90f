namespace Starling.Actors.Protocol;

/// <summary>The exit codes of the program.</summary>
public static class ExitCodes
{
    /// <summary>The command succeeded.</summary>
    public const int Success = 0;

    /// <summary>The program or the machine failed. The details are in a file.</summary>
    public const int Fault = 1;

    /// <summary>The user can correct the mistake; or a check has found damage.</summary>
    public const int UserError = 2;

    /// <summary>
    /// The cluster has removed this node, or never took it in, or something else was not there that may be there a
    /// moment later. The process should be started again, and then joins as a new node. The number is EX_TEMPFAIL of
    /// sysexits.h.
    /// </summary>
    public const int StartAgain = 75;

    /// <summary>The program was interrupted before it could end cleanly (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
