using System.Globalization;
using Starling.Actors.Reporting;
using Starling.Model.Files;

namespace Starling.Actors.Commands.Doctor;

/// <summary>Checks of a run's folder. They leave nothing behind in it.</summary>
/// <param name="folder">The run's folder; made if it is missing.</param>
/// <param name="time">The clock.</param>
internal sealed class FolderChecks(string folder, TimeProvider time)
{
    /// <summary>More than this, and times of different nodes in event logs do not fit together.</summary>
    private static readonly TimeSpan LargestOffset = TimeSpan.FromSeconds(2);

    /// <summary>Writes a file durably, renames it, and locks it against itself.</summary>
    public Finding Works()
    {
        Directory.CreateDirectory(folder);
        string path = NewPath();
        try
        {
            ReplacedFile.WriteDurably(path, "starling doctor\n"u8, DiskFiles.Instance);
            using FileStream? first = LockedFile.TryLock(path);
            if (first is null) return Finding.Failed($"{folder}: a file that nobody else has cannot be locked");
            using FileStream? second = LockedFile.TryLock(path);
            return second is null
                ? Finding.Ok($"{folder} is writable; renames and locks work")
                : Finding.Failed($"{folder}: two may hold one lock. Mount it with locks, as NFS 4 has them");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Compares the free space with what checkpoints need.</summary>
    /// <param name="checkpoint">Size of one checkpoint, in bytes.</param>
    /// <param name="kept">How many are kept at a time.</param>
    public Finding Room(long checkpoint, int kept)
    {
        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        string text = $"{Display.Bytes(free)} free; a checkpoint takes {Display.Bytes(checkpoint)}, and the " +
            $"{kept} that are kept and the next one {Display.Bytes(checkpoint * (kept + 1))}";
        return free < checkpoint ? Finding.FailedForNow($"{text}. Make room")
            : free < checkpoint * (kept + 1) ? Finding.Warning($"{text}. Make room, or set checkpoint.keepLatest lower")
            : Finding.Ok(text);
    }

    /// <summary>Compares this machine's clock with that of the machine that has the folder.</summary>
    public Finding Clock()
    {
        string path = NewPath();
        try
        {
            Directory.CreateDirectory(folder);
            DateTimeOffset before = time.GetUtcNow();
            File.WriteAllText(path, "");
            DateTimeOffset after = time.GetUtcNow();
            DateTimeOffset there = File.GetLastWriteTimeUtc(path);
            // The file was written at some time between the two.
            TimeSpan offset = there < before ? there - before : there > after ? there - after : TimeSpan.Zero;
            string text = string.Create(CultureInfo.InvariantCulture,
                $"{offset.TotalSeconds:+0.0;-0.0;0.0} s between this machine's clock and that of {folder}");
            return offset.Duration() > LargestOffset
                ? Finding.Warning($"{text}. Set the machines' clocks by NTP")
                : Finding.Ok(text);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private string NewPath() => Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
}
