namespace Starling.Actors.LocalCluster;

/// <summary>The process of a member: the seam between the manager and the operating system.</summary>
internal interface IMemberProcess : IDisposable
{
    /// <summary>The number of the process.</summary>
    int Id { get; }

    /// <summary>Completes with the exit code when the process has ended and its output was read to the end.</summary>
    Task<int> Exited { get; }

    /// <summary>Writes a line to the standard input of the process, if the process still reads.</summary>
    void Tell(string line);

    /// <summary>Ends the process at once (SIGKILL).</summary>
    void Kill();
}
