using System.Globalization;
using Starling.Data;

namespace Starling.Model.Files;

/// <summary>
/// Holds a run's folder: for one process, because two trainings that write into the same folder would replace each
/// other's checkpoints; or for the nodes of one cluster together, whose supervisor decides who writes. The system lets
/// go of a lock when its process ends, however it ends; the files stay, because deleting a locked file would let a
/// third process lock a new one of the same name.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const string FileName = ".lock";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(20);
    private const int Tries = 100;

    private readonly FileStream[] _files;

    private RunLock(params FileStream[] files) => _files = files;

    /// <summary>Makes the folder if need be, checks that it can be written to, and locks it for this process.</summary>
    /// <exception cref="StarlingException">
    /// Another process holds it (named if known), or it cannot be written to.
    /// </exception>
    public static RunLock Acquire(string runFolder) => TryAcquire(runFolder) ??
        throw new StarlingException($"run folder {runFolder} is in use by {Holder(runFolder, FileName)}: " +
            "wait until it ends, or choose another --run folder");

    /// <summary>Locks the folder for the nodes of a cluster, and a node's name in it for this process.</summary>
    /// <param name="runFolder">The run's folder; made if need be.</param>
    /// <param name="node">The node's name; one process at a time.</param>
    /// <param name="alone">Called first if nobody else is there, while nobody can come.</param>
    /// <param name="time">The clock of the retries.</param>
    /// <exception cref="StarlingException">
    /// A process that is no node holds it, or another one the name; or it cannot be written to.
    /// </exception>
    public static async Task<RunLock> JoinAsync(string runFolder, string node, Action alone, TimeProvider time)
    {
        if (TryAcquire(runFolder) is { } whole)
        {
            using (whole) alone();
        }
        string nameLock = Path.Combine(runFolder, $"{FileName}.{node}");
        FileStream named = Guarded(runFolder, () => LockedFile.TryLock(nameLock)) ??
            throw new StarlingException($"a node named {node} is already part of the run in {runFolder} " +
                $"({Holder(runFolder, $"{FileName}.{node}")}): choose another --name, or another --run folder");
        // While it is held, another node may be looking for a moment whether it is alone.
        FileStream? shared = await LockedFile.WaitAsync(
            () => Guarded(runFolder, () => LockedFile.TryJoin(Path.Combine(runFolder, FileName))), Tries, RetryAfter,
            time, CancellationToken.None);
        if (shared is not null)
        {
            WriteHolder(runFolder, FileName, $"node {node} of a cluster, ");
            WriteHolder(runFolder, $"{FileName}.{node}", "");
            return new RunLock(shared, named);
        }
        named.Dispose();
        throw new StarlingException($"run folder {runFolder} is in use by {Holder(runFolder, FileName)}: " +
            "wait until it ends, or choose another --run folder");
    }

    /// <summary>Lets the folder go.</summary>
    public void Dispose()
    {
        foreach (FileStream file in _files) file.Dispose();
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

    /// <summary>A file of its own says who, because nobody else can read a locked one.</summary>
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
