using System.Globalization;
using Starling.Data;

namespace Starling.Actors.Runs;

/// <summary>
/// Reads from a disk that may fail for a while. Everything else of a run goes on or waits meanwhile, so it costs less
/// to try again than to end a node and to start another.
/// </summary>
public static class PatientReads
{
    /// <summary>
    /// Pauses between the tries, in seconds. Together they are half of what a generation has for forming
    /// (cluster.formSeconds): whoever cannot read must say so before all are taken for late.
    /// </summary>
    private static readonly double[] Pauses = [0.5, 1, 2, 4, 7.5];

    /// <summary>
    /// Reads, and tries again while a fault of this node's disk refuses. Blocks the calling thread.
    /// </summary>
    /// <param name="read">Reads; throws with <see cref="FaultScope.Node"/> if the fault may pass.</param>
    /// <param name="note">Gets a line for each pause.</param>
    /// <param name="stop">Ends a pause.</param>
    /// <exception cref="StarlingException">The fault has not passed, or it is none of the disk's.</exception>
    public static T Run<T>(Func<T> read, Action<string> note, CancellationToken stop)
    {
        foreach (double seconds in Pauses)
        {
            try
            {
                return read();
            }
            catch (StarlingException e) when (e.Scope == FaultScope.Node)
            {
                note(string.Create(CultureInfo.InvariantCulture, $"{e.Message}; trying again in {seconds} s"));
            }
            stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(seconds));
            stop.ThrowIfCancellationRequested();
        }
        return read();
    }
}
