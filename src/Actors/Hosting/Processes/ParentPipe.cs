using System.Diagnostics;

namespace Starling.Actors.Hosting.Processes;

/// <summary>
/// Reads the standard input of a node that another process manages. Each line is an order. The end of the input means
/// that the manager has ended in some way; the node then ends at once, too.
/// </summary>
internal static class ParentPipe
{
    /// <summary>Starts reading on a thread of its own.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="order">Called with each line.</param>
    /// <param name="inputEnded">Called at the end of the input; by default ends this process.</param>
    public static void Read(TextReader input, Action<string> order, Action? inputEnded = null)
    {
        Thread thread = new(() =>
        {
            while (input.ReadLine() is { } line) order(line);
            (inputEnded ?? KillThisProcess)();
        })
        { IsBackground = true, Name = "parent pipe" };
        thread.Start();
    }

    private static void KillThisProcess()
    {
        // Environment.Exit would wait for native code. If that code hangs, an unmanaged process would stay behind.
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }
}
