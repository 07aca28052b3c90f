using System.Text.Json;
using Starling.Model.Files;

namespace Starling.Actors.Clustering;

/// <summary>
/// A lease that nodes hold by one file of a folder they share. An owner shows that it is alive by counting; it is taken
/// for dead when others have seen no count for the lease's duration, each by its own monotonic clock, so that it does
/// not matter how well the clocks of the machines agree. Not thread-safe.
/// </summary>
/// <param name="path">The file; made by the first owner.</param>
/// <param name="owner">This instance's name, unlike any other.</param>
/// <param name="duration">How long a lease lasts without a sign of life.</param>
/// <param name="time">The clock.</param>
/// <param name="tries">How often the file's lock is tried, 5 ms apart, before the disk is called stuck.</param>
internal sealed class LeaseFile(string path, string owner, TimeSpan duration, TimeProvider time, int tries = 200)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(5);
    private readonly LeaseRecord _unreadable = new("(unreadable)", 0, 0, Released: false);
    private LeaseRecord? _seen;
    private long _seenSince;

    /// <summary>Looks at the file, to know later for how long it has not changed.</summary>
    public LeaseRecord? Look()
    {
        LeaseRecord? found = Read();
        if (found != _seen) _seenSince = time.GetTimestamp();
        _seen = found;
        return found;
    }

    /// <summary>Takes the lease, or shows that its owner is alive; false if it is somebody else's.</summary>
    /// <param name="renew">Only if it is this instance's already.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="mayTakeOver">Owners who hold it for this instance too; none by default.</param>
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

    /// <summary>Gives the lease up, if it is this instance's: the next one need not wait.</summary>
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
            return _unreadable; // after a power cut, say: free once nobody has written it for long enough
        }
    }

    private void Write(LeaseRecord record)
    {
        // No fsync: after a power cut there is no owner left that a lost count could harm.
        ReplacedFile.Write(path, JsonSerializer.Serialize(record));
        _seen = record;
        _seenSince = time.GetTimestamp();
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        string lockPath = path + ".lock";
        return await LockedFile.WaitAsync(() => LockedFile.TryLock(lockPath), tries, RetryAfter, time, cancellation) ??
            throw new IOException($"another process holds {lockPath}");
    }
}
