using System.Runtime.InteropServices;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Ends this process without the handlers that run at a normal exit.</summary>
public static partial class ProcessEnd
{
    /// <summary>
    /// Ends this process at once. A node that the cluster has removed ends like this: its threads may still run native
    /// code, which a normal exit would unload under them. Nothing that the node could still write is wanted.
    /// </summary>
    public static void Now(int code)
    {
        if (!OperatingSystem.IsWindows()) Exit(code);
        Environment.Exit(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
