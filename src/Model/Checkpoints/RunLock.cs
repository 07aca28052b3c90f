using System.Globalization;
using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Holds a run's folder for one process: two trainings that write into the same folder would replace each other's
/// checkpoints. The system lets go of the lock when the process ends, however it ends; the file stays, because deleting
/// a locked file would let a third process lock a new one of the same name.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const string FileName = ".lock", HolderFileName = ".lock.holder";
    private const int LinuxLocked = 11, MacLocked = 35, WindowsLocked = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Makes the folder if need be, checks that it can be written to, and locks it.</summary>
    /// <exception cref="StarlingException">
    /// Another process holds it (named if known), or it cannot be written to.
    /// </exception>
    public static RunLock Acquire(string runFolder)
    {
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(runFolder);
            file = new FileStream(Path.Combine(runFolder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
            File.WriteAllText(Path.Combine(runFolder, HolderFileName), string.Create(CultureInfo.InvariantCulture,
                $"process {Environment.ProcessId} on {Environment.MachineName}\n"));
            return new RunLock(file);
        }
        catch (IOException e) when (file is null && IsHeld(e))
        {
            throw new StarlingException($"run folder {runFolder} is in use by {Holder(runFolder)}: " +
                "wait until it ends, or choose another --run folder", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new StarlingException($"run folder {runFolder} cannot be written to: {e.Message}; " +
                "choose another --run folder", e);
        }
    }

    /// <summary>Whether opening a file failed because another process (or another part of this one) holds it.</summary>
    public static bool IsHeld(IOException e) => e.HResult is LinuxLocked or MacLocked or WindowsLocked;

    /// <summary>Lets the folder go.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>A file of its own says who, because nobody else can read a locked one.</summary>
    private static string Holder(string runFolder)
    {
        try
        {
            return File.ReadLines(Path.Combine(runFolder, HolderFileName)).FirstOrDefault() ?? "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
