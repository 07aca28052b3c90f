using System.Runtime.InteropServices;
using Starling.Data;

namespace Starling.Actors.Hosting.Processes;

/// <summary>
/// Ends this process without the handlers that run at a normal exit. Those of libtorch destroy what its threads still
/// use. A process in which such a thread is at work would crash: in the middle of an evaluation's batch, or of a step
/// that a second Ctrl-C cuts off.
/// </summary>
public static partial class ProcessEnd
{
    private const string ShowCursor = "\u001b[?25h";

    /// <summary>How long tidying up may take: a terminal that is stopped blocks whoever writes to it.</summary>
    private static readonly TimeSpan TidyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Ends this process at once. Whatever is to be kept has to be on the disk before; files that are being written
    /// have temporary names, as after kill -9.
    /// </summary>
    public static void Now(int code)
    {
        if (OperatingSystem.IsWindows()) Environment.Exit(code);
        Thread tidying = new(Tidy) { IsBackground = true, Name = "process end" };
        tidying.Start();
        tidying.Join(TidyTimeout);
        Exit(code);
    }

    /// <summary>Does what .NET would do at a normal exit.</summary>
    private static void Tidy()
    {
        try
        {
            // A live panel hides the cursor.
            if (!Console.IsOutputRedirected) Console.Out.Write(ShowCursor);
            string id = FormattableString.Invariant($"{Environment.ProcessId}");
            foreach (string name in (string[])[$"dotnet-diagnostic-{id}-*", $"clr-debug-pipe-{id}-*"])
                foreach (string path in Directory.EnumerateFiles(Path.GetTempPath(), name)) File.Delete(path);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // What stays is a socket without an owner in the folder for temporary files.
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
