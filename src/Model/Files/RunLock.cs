using System.Globalization;
using Starling.Data;

namespace Starling.Model.Files;

/// <summary>
/// The lock on a run's folder. One process holds it alone, because two trainings in one folder would replace each
/// other's checkpoints; or the nodes of one cluster hold it together, and their supervisor decides which of them
/// writes. The system releases the lock when the process ends, however it ends. The lock files are never deleted (see
/// <see cref="LockedFile"/>).
/// </summary>
public sealed class RunLock : IDisposable
{
    private const string FileName = ".lock";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(20);
    private const int Tries = 100;

    private static readonly TimeSpan NameRetryAfter = TimeSpan.FromSeconds(0.5),
        NameReportEvery = TimeSpan.FromSeconds(30);

    private readonly FileStream[] _files;

    private RunLock(params FileStream[] files) => _files = files;

    /// <summary>
    /// Locks a run's folder for this process alone. Makes the folder if it does not exist, and checks that it can be
    /// written.
    /// </summary>
    /// <exception cref="StarlingException">
    /// Another process holds the folder (the message names it if known), or the folder cannot be written.
    /// </exception>
    public static RunLock Acquire(string runFolder) => TryAcquire(runFolder) ??
        throw new StarlingException($"run folder {runFolder} is in use by {Holder(runFolder, FileName)}: " +
            "wait until it ends, or choose another --run folder");

    /// <summary>
    /// Locks a run's folder together with the other nodes of a cluster, and locks a node's name in it for this process.
    /// </summary>
    /// <param name="runFolder">The run's folder; made if it does not exist.</param>
    /// <param name="node">The node's name, which only one process at a time may have.</param>
    /// <param name="whenAlone">
    /// Called first if no other process holds the folder, while no other process can lock it.
    /// </param>
    /// <param name="time">The clock of the retries.</param>
    /// <param name="wait">How the node waits for its name if another process has it; null to refuse at once.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StarlingException">
    /// A process outside the cluster holds the folder, another process has the node's name and <paramref name="wait"/>
    /// is null, or the folder cannot be written.
    /// </exception>
    /// <exception cref="TryAgainException">Another process still has the node's name after the wait.</exception>
    public static async Task<RunLock> JoinAsync(string runFolder, string node, Action whenAlone, TimeProvider time,
        NameWait? wait = null, CancellationToken cancellation = default)
    {
        if (TryAcquire(runFolder) is { } whole)
        {
            using (whole) whenAlone();
        }
        string nameLock = Path.Combine(runFolder, $"{FileName}.{node}");
        FileStream named = Guarded(runFolder, () => LockedFile.TryLock(nameLock)) ??
            await NameAsync(runFolder, node, wait, time, cancellation);
        // Tries more than once, because another node may hold the folder alone for a moment to see whether it is the
        // first.
        FileStream? shared = await LockedFile.WaitAsync(
            () => Guarded(runFolder, () => LockedFile.TryJoin(Path.Combine(runFolder, FileName))), Tries, RetryAfter,
            time, CancellationToken.None);
        if (shared is not null)
        {
            try
            {
                WriteHolder(runFolder, FileName, $"node {node} of a cluster, ");
                WriteHolder(runFolder, $"{FileName}.{node}", "");
            }
            catch (Exception e) when (e.IsDiskFailure())
            {
                // The disk is full, for instance. The locks hold all the same; only an error would not name the holder.
            }
            return new RunLock(shared, named);
        }
        named.Dispose();
        throw new StarlingException($"run folder {runFolder} is in use by {Holder(runFolder, FileName)}: " +
            "wait until it ends, or choose another --run folder");
    }

    /// <summary>Releases the folder.</summary>
    public void Dispose()
    {
        foreach (FileStream file in _files) file.Dispose();
    }

    /// <summary>Waits for a node's name that another process has, and locks it.</summary>
    private static async Task<FileStream> NameAsync(
        string runFolder, string node, NameWait? wait, TimeProvider time, CancellationToken cancellation)
    {
        string file = $"{FileName}.{node}", taken =
            $"a node named {node} is already part of the run in {runFolder} ({Holder(runFolder, file)})";
        if (wait is null)
            throw new StarlingException($"{taken}: choose another --name, or another --run folder");
        long began = time.GetTimestamp();
        TimeSpan reported = TimeSpan.Zero, elapsed = TimeSpan.Zero;
        if (wait.Limit > TimeSpan.Zero)
            wait.Note(FormattableString.Invariant(
                $"{taken}: waiting up to {wait.Limit.TotalSeconds:0} s for that process to end"));
        while (elapsed < wait.Limit)
        {
            await Task.Delay(NameRetryAfter, time, cancellation).ConfigureAwait(false);
            if (Guarded(runFolder, () => LockedFile.TryLock(Path.Combine(runFolder, file))) is { } named) return named;
            elapsed = time.GetElapsedTime(began);
            if (elapsed - reported < NameReportEvery) continue;
            reported = elapsed;
            wait.Note(
                FormattableString.Invariant($"still waiting for the name {node} after {elapsed.TotalSeconds:0} s"));
        }
        throw new TryAgainException($"{taken}: end that process, or choose another --name");
    }

    private static RunLock? TryAcquire(string runFolder) => Guarded(runFolder, () =>
    {
        Directory.CreateDirectory(runFolder);
        if (LockedFile.TryLock(Path.Combine(runFolder, FileName)) is not { } file) return null;
        try
        {
            WriteHolder(runFolder, FileName, "");
        }
        catch
        {
            file.Dispose();
            throw;
        }
        return new RunLock(file);
    });

    private static T Guarded<T>(string runFolder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"run folder {runFolder} cannot be written to: {e.Message}; " +
                "choose another --run folder", e);
        }
    }

    /// <summary>
    /// Writes which process holds a lock into a file beside it, because other processes cannot read the locked file.
    /// </summary>
    private static void WriteHolder(string runFolder, string name, string what) =>
        File.WriteAllText(Path.Combine(runFolder, name + ".holder"), string.Create(CultureInfo.InvariantCulture,
            $"{what}process {Environment.ProcessId} on {Environment.MachineName}\n"));

    private static string Holder(string runFolder, string name)
    {
        try
        {
            return File.ReadLines(Path.Combine(runFolder, name + ".holder")).FirstOrDefault() ?? "another process";
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return "another process";
        }
    }
}
