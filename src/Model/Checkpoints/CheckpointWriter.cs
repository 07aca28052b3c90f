using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Snapshots;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Writes checkpoints so that a crash at any moment leaves the earlier ones, or the new one, whole: everything goes
/// into a hidden folder that gets its name last. One writer a run (see <see cref="RunLock"/>), one write at a time.
/// </summary>
/// <param name="store">The run's checkpoints.</param>
/// <param name="time">Tells when a checkpoint was made and how long it took.</param>
/// <param name="guard">Says whether a generation may still commit; by default all may.</param>
public sealed class CheckpointWriter(CheckpointStore store, TimeProvider time, ICommitGuard? guard = null)
{
    private bool _prepared;

    /// <summary>
    /// Writes, reads back and commits a snapshot. A checkpoint of the same step and state that is already there is left
    /// alone; a damaged one or one of another state is replaced. The caller keeps the snapshot (to try again, or to
    /// dispose).
    /// </summary>
    /// <exception cref="CheckpointWriteException">It could not be written; nothing half-made is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the commit; nothing half-made is left.</exception>
    public CheckpointReceipt Write(CheckpointSnapshot state, RunDescription run,
        IReadOnlyDictionary<string, double> metrics, CancellationToken cancel = default)
    {
        try
        {
            long start = time.GetTimestamp();
            string stateHash = StateHash.Of(state);
            PrepareStore();
            if (Existing(state, stateHash) is { } existing)
                return new CheckpointReceipt(store.PathOf(state.Step), existing, Written: false,
                    time.GetElapsedTime(start), default, default);
            return WriteNew(state, run, metrics, stateHash, start, cancel);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw CheckpointWriteException.From(e, state.Step, store.Folder);
        }
    }

    private CheckpointReceipt WriteNew(CheckpointSnapshot state, RunDescription run,
        IReadOnlyDictionary<string, double> metrics, string stateHash, long start, CancellationToken cancel)
    {
        string temporary = store.FreshPath(CheckpointFolders.TemporaryPrefix, state.Step);
        try
        {
            CheckpointManifest manifest = WriteFiles(temporary, state, run, metrics, stateHash, cancel);
            long written = time.GetTimestamp();
            Verify(temporary, state.Step);
            cancel.ThrowIfCancellationRequested();
            long verified = time.GetTimestamp();
            Commit(temporary, state);
            return new CheckpointReceipt(store.PathOf(state.Step), manifest, Written: true,
                time.GetElapsedTime(start, written), time.GetElapsedTime(written, verified),
                time.GetElapsedTime(verified));
        }
        catch
        {
            store.TryDelete(temporary);
            throw;
        }
    }

    private void PrepareStore()
    {
        if (_prepared) return;
        store.Files.CreateFolder(store.Folder);
        // Whoever made it: a synced checkpoint in a folder whose own name is lost would be lost too.
        store.Files.SyncFolder(Path.GetDirectoryName(store.Folder)!);
        _prepared = true;
    }

    /// <summary>The manifest of a checkpoint that makes writing this one superfluous.</summary>
    private CheckpointManifest? Existing(CheckpointSnapshot state, string stateHash)
    {
        string folder = store.PathOf(state.Step);
        if (!Directory.Exists(folder) || CheckpointReader.Verify(folder).Count > 0) return null;
        CheckpointManifest manifest = ManifestFile.Read(folder);
        if (manifest.StateHash == stateHash)
        {
            // Its own commit may have failed at just this.
            store.Files.SyncFolder(store.Folder);
            return manifest;
        }
        if (manifest.Generation > state.Generation)
            throw new CheckpointWriteException(CheckpointFailure.Superseded,
                $"the checkpoint of step {state.Step} was not written: {folder} is of generation " +
                $"{manifest.Generation}, newer than this node's {state.Generation}");
        return null;
    }

    private CheckpointManifest WriteFiles(string folder, CheckpointSnapshot state, RunDescription run,
        IReadOnlyDictionary<string, double> metrics, string stateHash, CancellationToken cancel)
    {
        store.Files.CreateFolder(folder);
        List<CheckpointFile> written = [];
        foreach (CheckpointPart part in CheckpointParts.All)
            if (part.IsRequired() || state[part].Count > 0)
                written.Add(PartFile.Write(store.Files, folder, part.FileName(), state[part], cancel));
        CheckpointManifest manifest = new()
        {
            FormatVersion = CheckpointManifest.CurrentFormat,
            Step = state.Step,
            Generation = state.Generation,
            RunId = run.RunId,
            Created = time.GetUtcNow(),
            StateHash = stateHash,
            ModelHash = run.ModelHash,
            DataFingerprint = run.DataFingerprint,
            TokenizerFingerprint = run.TokenizerFingerprint,
            Metrics = new SortedDictionary<string, double>(metrics.ToDictionary(), StringComparer.Ordinal),
            Configuration = run.Configuration,
            Files = written,
        };
        using IDurableFile file = store.Files.CreateFile(Path.Combine(folder, CheckpointManifest.FileName));
        file.Write(ManifestFile.ToBytes(manifest));
        file.Sync();
        // The files' names have to be safe before the folder gets a name that promises them.
        store.Files.SyncFolder(folder);
        return manifest;
    }

    private static void Verify(string folder, long step)
    {
        IReadOnlyList<string> problems = CheckpointReader.Verify(folder);
        if (problems.Count > 0)
            throw new CheckpointWriteException(CheckpointFailure.Verification,
                $"the checkpoint of step {step} was written to {folder}, but reading it back gave something else: " +
                $"{string.Join("; ", problems)}");
    }

    private void Commit(string temporary, CheckpointSnapshot state)
    {
        string? setAside = null;
        void Rename() => setAside = PutInPlace(temporary, state.Step);
        if (guard is null) Rename();
        else if (!guard.TryCommit(state.Generation, Rename))
            throw new CheckpointWriteException(CheckpointFailure.Fenced,
                $"the checkpoint of step {state.Step} was not committed: its generation {state.Generation} is over");
        // Only now is the new checkpoint there for good, and the old one superfluous. Not under the guard, where a slow
        // disk would hold up everybody: what has its name may be synced late, but nothing may get a name late.
        store.Files.SyncFolder(store.Folder);
        if (setAside is not null) store.TryDelete(setAside);
        store.DeleteRemains(state.Step);
    }

    /// <summary>Gives the new checkpoint its name.</summary>
    /// <returns>Where the one that had it is now; null if there was none.</returns>
    private string? PutInPlace(string temporary, long step)
    {
        string target = store.PathOf(step);
        string? setAside = Directory.Exists(target) ? store.FreshPath(CheckpointFolders.SetAsidePrefix, step) : null;
        if (setAside is not null) store.Files.Rename(target, setAside);
        try
        {
            store.Files.Rename(temporary, target);
        }
        catch when (setAside is not null && Directory.Exists(setAside))
        {
            store.Files.Rename(setAside, target);
            throw;
        }
        return setAside;
    }
}
