using Starling.Data;
using Starling.Model.Files;

namespace Starling.Model.Checkpoints;

/// <summary>
/// The checkpoints of a run: finds, verifies, loads and deletes them. Any number of stores may read one folder; only
/// the holder of the run's <see cref="RunLock"/> may recover, write or prune. Safe for any thread.
/// </summary>
/// <param name="folder">The run's <c>checkpoints</c> folder; need not exist yet.</param>
/// <param name="files">How the disk is changed; the real one by default.</param>
public sealed class CheckpointStore(string folder, IDurableFiles? files = null)
{
    /// <summary>The <c>checkpoints</c> folder.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    internal IDurableFiles Files { get; } = files ?? DiskFiles.Instance;

    /// <summary>What is there, by step, judged by the manifests alone.</summary>
    public IReadOnlyList<CheckpointEntry> List() =>
        [.. CheckpointFolders.Scan(Folder).Select(found => Entry(found.Key, found.Value))];

    /// <summary>The newest checkpoint with a usable manifest; null if there is none.</summary>
    public CheckpointEntry? Latest() => List().LastOrDefault(e => e.Manifest is not null);

    /// <summary>Loads a step's checkpoint, every byte verified.</summary>
    /// <exception cref="DamagedCheckpointException">It is not what was written.</exception>
    /// <exception cref="StarlingException">There is none of that step, or it is of a newer format.</exception>
    public LoadedCheckpoint Load(long step) => CheckpointReader.Load(FolderOf(step));

    /// <summary>
    /// Loads the newest intact checkpoint. Each newer one that is damaged goes to <paramref name="report"/>, whose
    /// message names the files and what differs. Null if there is no checkpoint at all.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The newest is of a newer format (an older one would lose its steps silently), or all are damaged (starting anew
    /// has to be the user's decision).
    /// </exception>
    public LoadedCheckpoint? LoadNewestGood(Action<DamagedCheckpointException> report)
    {
        SortedDictionary<long, string> found = CheckpointFolders.Scan(Folder);
        foreach (string candidate in found.Values.Reverse())
        {
            try
            {
                return CheckpointReader.Load(candidate);
            }
            catch (DamagedCheckpointException e)
            {
                report(e);
            }
        }
        if (found.Count == 0) return null;
        throw new StarlingException($"all {found.Count} checkpoints in {Folder} are damaged: move this folder away " +
            "to start the run from the beginning");
    }

    /// <summary>Reads a step's checkpoint to the end and says what is wrong with it: nothing if it is intact.</summary>
    /// <exception cref="StarlingException">There is none of that step.</exception>
    public IReadOnlyList<string> Verify(long step) => CheckpointReader.Verify(FolderOf(step));

    /// <summary>
    /// Clears up after a crash: brings back a checkpoint whose replacement did not get into place, and deletes what was
    /// left half-written or half-deleted. Gives the names of the folders it found. Call it once, before training.
    /// </summary>
    /// <exception cref="StarlingException">A checkpoint could not be brought back.</exception>
    public IReadOnlyList<string> Recover()
    {
        List<string> found = [];
        foreach (string path in CheckpointFolders.Folders(Folder))
        {
            string name = Path.GetFileName(path);
            long? setAside = CheckpointFolders.SetAsideStepOf(name);
            bool temporary = name.StartsWith(CheckpointFolders.TemporaryPrefix, StringComparison.Ordinal);
            if (setAside is null && !temporary) continue;
            found.Add(name);
            if (setAside is { } step && !Directory.Exists(PathOf(step))) BringBack(path, PathOf(step));
            else TryDelete(path);
        }
        return found;
    }

    /// <summary>
    /// Deletes what others left half-written, half-deleted or replaced of steps before a committed one: a cluster that
    /// outlives its members is never started anew, so nobody would recover it. Whoever still writes may not commit it
    /// any more.
    /// </summary>
    internal void DeleteRemains(long committed)
    {
        string[] folders;
        try
        {
            folders = CheckpointFolders.Folders(Folder);
        }
        catch (StarlingException)
        {
            return; // the next commit finds them
        }
        foreach (string path in folders)
        {
            string name = Path.GetFileName(path);
            bool replaced = CheckpointFolders.SetAsideStepOf(name) is { } step && step < committed &&
                Directory.Exists(PathOf(step));
            if (replaced || CheckpointFolders.TemporaryStepOf(name) < committed) TryDelete(path);
        }
    }

    /// <summary>
    /// Keeps a step's checkpoint from being pruned, by any process, until the result is disposed: an evaluation reads
    /// it. Null if there is none of that step any more.
    /// </summary>
    public IDisposable? TryPin(long step) =>
        CheckpointFolders.Scan(Folder).TryGetValue(step, out string? path) ? CheckpointPin.TryHold(path) : null;

    /// <summary>
    /// Deletes what the policy does not keep, except pinned checkpoints. One that cannot be deleted goes to
    /// <paramref name="report"/> and is tried again the next time. Gives the deleted steps.
    /// </summary>
    public IReadOnlyList<long> Prune(KeepPolicy policy, Action<string> report,
        IReadOnlyDictionary<long, double>? scores = null) =>
        [.. policy.Prune(List(), scores).Where(step => TryRemove(step, report))];

    internal string PathOf(long step) => Path.Combine(Folder, CheckpointFolders.NameOf(step));

    internal string FreshPath(string prefix, long step) => Path.Combine(Folder, CheckpointFolders.Fresh(prefix, step));

    /// <summary>Deletes a folder if the system lets it; what stays is found again by <see cref="Recover"/>.</summary>
    internal void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path)) Files.DeleteFolder(path);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
        }
    }

    private static CheckpointEntry Entry(long step, string path)
    {
        try
        {
            return new CheckpointEntry(step, path, ManifestFile.Read(path), null);
        }
        catch (StarlingException e)
        {
            return new CheckpointEntry(step, path, null, e.Message);
        }
    }

    private string FolderOf(long step) => CheckpointFolders.Scan(Folder).TryGetValue(step, out string? path)
        ? path
        : throw new StarlingException($"there is no checkpoint of step {step} in {Folder}");

    private bool TryRemove(long step, Action<string> report)
    {
        string doomed = FreshPath(CheckpointFolders.TemporaryPrefix, step);
        try
        {
            string path = FolderOf(step);
            using (CheckpointPin.Claim? claim = CheckpointPin.TryClaim(path))
            {
                if (claim is null) return false;
                // First out of the way in one piece: a half-deleted folder under its own name would look damaged.
                Files.Rename(path, doomed);
            }
            Files.DeleteFolder(doomed);
            return true;
        }
        catch (Exception e) when (e.IsDiskFailure() || e is StarlingException)
        {
            report($"checkpoint {PathOf(step)} could not be deleted: {e.Message}");
            return false;
        }
    }

    private void BringBack(string setAside, string path)
    {
        try
        {
            Files.Rename(setAside, path);
            Files.SyncFolder(Folder);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{setAside} is a checkpoint that cannot be renamed to {path}: {e.Message}", e);
        }
    }
}
