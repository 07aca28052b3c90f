using System.Globalization;
using System.Text;
using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Holds a run's folder for one process: two trainings that write into the same folder would replace each other's
/// checkpoints. The system lets go of the lock when the process ends, however it ends; the file stays, because deleting
/// a locked file would let a third process lock a new one of the same name.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const string FileName = ".lock";
    private const int LinuxLocked = 11, MacLocked = 35, WindowsLocked = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Makes the folder if need be, checks that it can be written to, and locks it.</summary>
    /// <exception cref="StarlingException">
    /// Another process holds it (named if known), or it cannot be written to.
    /// </exception>
    public static RunLock Acquire(string runFolder)
    {
        string path = Path.Combine(runFolder, FileName);
        try
        {
            Directory.CreateDirectory(runFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(runFolder, e);
        }
        FileStream file = Open(path, runFolder);
        try
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"process {Environment.ProcessId} on {Environment.MachineName}\n")));
            file.Flush();
            return new RunLock(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw Unwritable(runFolder, e);
        }
    }

    /// <summary>Lets the folder go.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, string runFolder)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is LinuxLocked or MacLocked or WindowsLocked)
        {
            throw new StarlingException($"run folder {runFolder} is in use by {Holder(path)}: wait until it ends, " +
                "or choose another --run folder", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(runFolder, e);
        }
    }

    private static string Holder(string path)
    {
        try
        {
            // Where locks are advisory this asks for none, and so may read what the holder wrote.
            using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadLine() is { Length: > 0 } holder ? holder : "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    private static StarlingException Unwritable(string runFolder, Exception e) =>
        new($"run folder {runFolder} cannot be written to: {e.Message}; choose another --run folder", e);
}
