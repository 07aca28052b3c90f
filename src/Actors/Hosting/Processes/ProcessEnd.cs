using System.Runtime.InteropServices;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Ends this process without the handlers of a normal end.</summary>
public static partial class ProcessEnd
{
    /// <summary>
    /// For a node that the cluster has given up: its threads may be anywhere inside native code, which a normal end
    /// would unload under them, and nothing that it could still write is wanted.
    /// </summary>
    public static void Now(int code)
    {
        if (!OperatingSystem.IsWindows()) Exit(code);
        Environment.Exit(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
