using Starling.Data;
using Starling.Model.Files;

namespace Starling.Model.Checkpoints;

/// <summary>
/// The checkpoints of a run: finds, verifies, loads and deletes them. Any number of stores may read one folder. Only
/// the holder of the run's <see cref="RunLock"/> may recover, write or prune. Safe for any thread.
/// </summary>
/// <param name="folder">The run's <c>checkpoints</c> folder, which need not exist yet.</param>
/// <param name="files">The operations that change the disk; the real ones by default.</param>
public sealed class CheckpointStore(string folder, IDurableFiles? files = null)
{
    /// <summary>The <c>checkpoints</c> folder.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    internal IDurableFiles Files { get; } = files ?? DiskFiles.Instance;

    /// <summary>Lists the checkpoints by step, judged by their manifests alone.</summary>
    public IReadOnlyList<CheckpointEntry> List() =>
        [.. CheckpointFolders.Scan(Folder).Select(found => Entry(found.Key, found.Value))];

    /// <summary>Gives the newest checkpoint with a usable manifest; null if there is none.</summary>
    public CheckpointEntry? Latest() => List().LastOrDefault(e => e.Manifest is not null);

    /// <summary>Loads the checkpoint of a step and verifies every byte.</summary>
    /// <exception cref="DamagedCheckpointException">The checkpoint is not the one that was written.</exception>
    /// <exception cref="StarlingException">There is no checkpoint of that step, or it is of a newer format.</exception>
    public LoadedCheckpoint Load(long step) => CheckpointReader.Load(FolderOf(step));

    /// <summary>
    /// Loads the newest intact checkpoint; null if there is no checkpoint at all. <paramref name="report"/> gets an
    /// exception for each newer one that is damaged, whose message names the files and the differences.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The newest checkpoint is of a newer format, and an older one would lose its steps without a word; or all are
    /// damaged, and only the user may decide to start from the beginning. With scope <see cref="FaultScope.Node"/>: the
    /// disk does not give a checkpoint, which may be good.
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

    /// <summary>
    /// Reads the whole checkpoint of a step and gives what is wrong with it: nothing if it is intact.
    /// </summary>
    /// <exception cref="StarlingException">There is no checkpoint of that step.</exception>
    public IReadOnlyList<string> Verify(long step) => CheckpointReader.Verify(FolderOf(step));

    /// <summary>
    /// Cleans up after a crash: brings back a checkpoint whose replacement was not completed, and deletes folders that
    /// were half-written or half-deleted. Gives the names of the folders that it found. To be called once, before
    /// training.
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
    /// Deletes folders of steps before a committed one that other processes left half-written, half-deleted or
    /// replaced. A cluster whose members come and go may never be started anew, so <see cref="Recover"/> would not do
    /// it. A process that still writes such a step may not commit it any more.
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
            return; // the next commit tries again
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
    /// Keeps the checkpoint of a step from being pruned by any process, until the result is disposed. An evaluation
    /// reads it. Null if there is no checkpoint of that step any more.
    /// </summary>
    public IDisposable? TryPin(long step) =>
        CheckpointFolders.Scan(Folder).TryGetValue(step, out string? path) ? CheckpointPin.TryHold(path) : null;

    /// <summary>
    /// Deletes the checkpoints that the policy does not keep, except those that are being read.
    /// <paramref name="report"/> gets a line for each that could not be deleted; the next call tries it again. Gives
    /// the deleted steps.
    /// </summary>
    public IReadOnlyList<long> Prune(KeepPolicy policy, Action<string> report,
        IReadOnlyDictionary<long, double>? scores = null) =>
        [.. policy.Prune(List(), scores).Where(step => TryRemove(step, report))];

    internal string PathOf(long step) => Path.Combine(Folder, CheckpointFolders.NameOf(step));

    internal string FreshPath(string prefix, long step) => Path.Combine(Folder, CheckpointFolders.Fresh(prefix, step));

    /// <summary>Deletes a folder if the system permits it. <see cref="Recover"/> finds a folder that stays.</summary>
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
                // The folder is renamed before it is deleted. Otherwise a half-deleted one under its own name would
                // look damaged.
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
