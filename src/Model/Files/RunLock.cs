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
    private const int LinuxLocked = 11, MacLocked = 35, WindowsLocked = unchecked((int)0x80070020);
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
        FileStream named = Guarded(runFolder, () => TryLock(runFolder, $"{FileName}.{node}", FileShare.None)) ??
            throw new StarlingException($"a node named {node} is already part of the run in {runFolder} " +
                $"({Holder(runFolder, $"{FileName}.{node}")}): choose another --name, or another --run folder");
        for (int i = 0; i < Tries; i++)
        {
            if (Guarded(runFolder, () => TryLock(runFolder, FileName, FileShare.Read)) is { } shared)
            {
                WriteHolder(runFolder, FileName, $"node {node} of a cluster, ");
                WriteHolder(runFolder, $"{FileName}.{node}", "");
                return new RunLock(shared, named);
            }
            // Perhaps another node that is looking whether it is alone, for a moment.
            await Task.Delay(RetryAfter, time);
        }
        named.Dispose();
        throw new StarlingException($"run folder {runFolder} is in use by {Holder(runFolder, FileName)}: " +
            "wait until it ends, or choose another --run folder");
    }

    /// <summary>Whether opening a file failed because another process (or another part of this one) holds it.</summary>
    public static bool IsHeld(IOException e) => e.HResult is LinuxLocked or MacLocked or WindowsLocked;

    /// <summary>Lets the folder go.</summary>
    public void Dispose()
    {
        foreach (FileStream file in _files) file.Dispose();
    }

    private static RunLock? TryAcquire(string runFolder) => Guarded(runFolder, () =>
    {
        Directory.CreateDirectory(runFolder);
        if (TryLock(runFolder, FileName, FileShare.None) is not { } file) return null;
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

    private static FileStream? TryLock(string runFolder, string name, FileShare share)
    {
        string path = Path.Combine(runFolder, name);
        try
        {
            // To share is to read: network file systems give no shared lock on a file that is open for writing.
            if (share == FileShare.None)
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
            return new FileStream(path, FileMode.Open, FileAccess.Read, share);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    private static T Guarded<T>(string runFolder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
