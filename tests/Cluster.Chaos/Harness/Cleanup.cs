using System.Runtime.InteropServices;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>
/// What has to be undone when this program is interrupted: then nothing that was begun is disposed of.
/// </summary>
internal static class Cleanup
{
    private const int Interrupted = 130;
    private static readonly Lock Gate = new();
    private static readonly List<Action> Left = [];

    /// <summary>Since .NET 10 a process without handlers dies of these without another word.</summary>
    private static readonly PosixSignalRegistration[] Handlers =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(
            signal, _ => Environment.Exit(Interrupted))),
    ];

    static Cleanup() => AppDomain.CurrentDomain.ProcessExit += (_, _) => UndoAll();

    /// <summary>Has something undone at the end of the program, unless the result is disposed of before.</summary>
    public static IDisposable AtExit(Action undo)
    {
        lock (Gate) Left.Add(undo);
        return new Entry(undo);
    }

    private static void UndoAll()
    {
        Action[] left;
        lock (Gate) left = [.. Left.AsEnumerable().Reverse()]; // what was begun last first
        foreach (Action undo in left)
        {
            try
            {
                undo();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                // A folder that a dying process still writes into: the rest has to be undone all the same.
            }
        }
        GC.KeepAlive(Handlers);
    }

    private sealed class Entry(Action undo) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate) Left.Remove(undo);
        }
    }
}
