using System.Runtime.InteropServices;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>Signals to processes, sent without starting another one first: moments are measured from here.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2, Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    /// <summary>Sends a signal; false if there is no such process any more.</summary>
    public static bool Send(int process, int signal) => SystemKill(process, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SystemKill(int process, int signal);
}
