using System.Diagnostics;

namespace Starling.Actors.Hosting.Processes;

/// <summary>
/// Standard input of a node that another process manages: a line is an order, and its end means that the manager is
/// gone, however it went; then so is the node, at once.
/// </summary>
internal static class ParentPipe
{
    /// <summary>Starts reading, on a thread of its own.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="order">Given each line.</param>
    public static void Read(TextReader input, Action<string> order)
    {
        Thread thread = new(() =>
        {
            while (input.ReadLine() is { } line) order(line);
            // Not Exit: native code that hangs must not keep alive what nobody looks after any more.
            using Process self = Process.GetCurrentProcess();
            self.Kill();
        })
        { IsBackground = true, Name = "parent" };
        thread.Start();
    }
}
