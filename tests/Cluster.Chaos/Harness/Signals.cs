using System.Runtime.InteropServices;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>Signals to processes, sent without starting another one first: moments are measured from here.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2, Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    /// <summary>Sends a signal, if there is such a process.</summary>
    public static void Send(int process, int signal) => _ = SystemKill(process, signal);

    /// <summary>Whether a process runs: one that has ended but was not waited for by its parent does not.</summary>
    public static bool IsRunning(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X'); // its state, after its name in parentheses
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SystemKill(int process, int signal);
}
