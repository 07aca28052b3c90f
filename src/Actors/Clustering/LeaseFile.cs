using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Clustering;

/// <summary>
/// A lease that nodes hold by one file in a folder that they share. The owner raises a number in the file to show that
/// it is alive. Every other node watches the number by its own monotonic clock, so the clocks of the machines need not
/// agree. If the number has not changed for the lease's duration, the watching node takes the owner for dead. Not
/// thread-safe.
/// </summary>
/// <param name="path">The file. The first owner creates it.</param>
/// <param name="owner">The name of this instance, which no other instance has.</param>
/// <param name="duration">How long the lease lasts if its owner does not renew it.</param>
/// <param name="time">The clock.</param>
/// <param name="tries">
/// How many times the lock of the file is tried again, 5 ms apart, before an I/O error is reported.
/// </param>
internal sealed class LeaseFile(string path, string owner, TimeSpan duration, TimeProvider time, int tries = 200)
{
    /// <summary>Characters of a file, filled up with spaces: more than any owner's name needs.</summary>
    private const int Length = 512;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(5);
    private readonly LeaseRecord _unreadable = new("(unreadable)", 0, 0, Released: false);
    private LeaseRecord? _seen;
    private long _seenSince;

    /// <summary>Reads the file, and remembers since when its content has not changed.</summary>
    public LeaseRecord? Look()
    {
        LeaseRecord? found = Read();
        if (found != _seen) _seenSince = time.GetTimestamp();
        _seen = found;
        return found;
    }

    /// <summary>
    /// Takes the lease if it is free, or renews it if this instance holds it. Returns false if another instance holds
    /// it.
    /// </summary>
    /// <param name="renew">Whether only to renew: a lease that this instance does not hold is then not taken.</param>
    /// <param name="cancellation">Ends the wait for the lock of the file.</param>
    /// <param name="mayTakeOver">
    /// Whether the lease may be taken from an owner before its time is up; by default never.
    /// </param>
    public async Task<bool> TryTakeAsync(
        bool renew, CancellationToken cancellation, Func<string, bool>? mayTakeOver = null)
    {
        using FileStream held = await LockAsync(cancellation);
        LeaseRecord? found = Look();
        bool mine = found?.Owner == owner && !found.Released;
        if (!mine && (renew || !IsFree(found) && mayTakeOver?.Invoke(found!.Owner) != true)) return false;
        Write(new LeaseRecord(owner, mine ? found!.Token : (found?.Token ?? 0) + 1, (found?.Beat ?? 0) + 1, false));
        return true;
    }

    /// <summary>Releases the lease if this instance holds it. The next owner then need not wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        using FileStream held = await LockAsync(cancellation);
        if (Look() is { } found && found.Owner == owner) Write(found with { Released = true });
    }

    private bool IsFree(LeaseRecord? found) =>
        found is null || found.Released || time.GetElapsedTime(_seenSince) >= duration;

    private LeaseRecord? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<LeaseRecord>(File.ReadAllText(path));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException)
        {
            // A power cut may have damaged the file. The lease is free once the file has not changed for long enough.
            return _unreadable;
        }
    }

    private void Write(LeaseRecord record)
    {
        // No fsync: a power cut that loses the number ends its owner as well.
        string text = JsonSerializer.Serialize(record).PadRight(Length);
        try
        {
            ReplacedFile.Write(path, text);
        }
        catch (Exception e) when (e.IsDiskFailure() && TryOverwrite(text))
        {
            // A full disk has no room for a second file. It must not cost the owner its lease, and the run its leader.
        }
        _seen = record;
        _seenSince = time.GetTimestamp();
    }

    /// <summary>
    /// Writes into the room that the file has already. All contents have one length, so that none is longer than the
    /// one before. Whoever reads at the same moment may find the file damaged, which counts as a change.
    /// </summary>
    private bool TryOverwrite(string text)
    {
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            if (RandomAccess.GetLength(file) < bytes.Length) return false;
            RandomAccess.Write(file, bytes, 0);
            FileSync.Close(file, path);
            return true;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return false;
        }
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        string lockPath = path + ".lock";
        return await LockedFile.WaitAsync(() => LockedFile.TryLock(lockPath), tries, RetryAfter, time, cancellation) ??
            throw new IOException($"another process holds {lockPath}");
    }
}
