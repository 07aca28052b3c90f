using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Snapshots;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Writes checkpoints so that a crash at any moment leaves the earlier ones or the new one whole: all files go into a
/// hidden folder, which gets its name last. A run has one writer (see <see cref="RunLock"/>), which writes one
/// checkpoint at a time.
/// </summary>
/// <param name="store">The run's checkpoints.</param>
/// <param name="time">The clock, for times and durations.</param>
/// <param name="guard">Tells whether a generation may still commit; by default all may.</param>
public sealed class CheckpointWriter(CheckpointStore store, TimeProvider time, ICommitGuard? guard = null)
{
    private bool _prepared;

    /// <summary>
    /// Writes a snapshot, reads it back, and commits it. An intact checkpoint of the same step and state is left alone;
    /// a damaged one, or one of another state, is replaced. The caller disposes the snapshot, and may try again with it
    /// before.
    /// </summary>
    /// <exception cref="CheckpointWriteException">
    /// The checkpoint could not be written. No half-written one is left.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// The write was canceled before the commit. No half-written checkpoint is left.
    /// </exception>
    public CheckpointReceipt Write(CheckpointSnapshot state, RunDescription run,
        IReadOnlyDictionary<string, double> metrics, CancellationToken cancel = default)
    {
        try
        {
            long start = time.GetTimestamp();
            string stateHash = StateHash.Of(state);
            PrepareStore();
            if (FindEqual(state, stateHash) is { } existing)
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
        // The name of the folder is synced whether this process made it or another one: if a power cut took the
        // folder's name, the checkpoints in it would be lost too.
        store.Files.SyncFolder(Path.GetDirectoryName(store.Folder)!);
        _prepared = true;
    }

    /// <summary>Finds an intact checkpoint of this step and state, which need not be written again.</summary>
    private CheckpointManifest? FindEqual(CheckpointSnapshot state, string stateHash)
    {
        string folder = store.PathOf(state.Step);
        if (!Directory.Exists(folder) || CheckpointReader.Verify(folder).Count > 0) return null;
        CheckpointManifest manifest = ManifestFile.Read(folder);
        if (manifest.StateHash == stateHash)
        {
            // The process that committed it may have failed before this sync.
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
        using (IDurableFile file = store.Files.CreateFile(Path.Combine(folder, CheckpointManifest.FileName)))
        {
            file.Write(ManifestFile.ToBytes(manifest));
            file.SyncAndClose();
        }
        // The names of the files have to be safe before the folder gets the name of a committed checkpoint.
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
        // After this sync the new checkpoint survives a power cut, and the old one can be deleted. The sync is not made
        // under the guard, where a slow disk would block the supervisor and other nodes. That is safe: the name has
        // been given under the guard, and syncing it later changes nothing about who gave it.
        store.Files.SyncFolder(store.Folder);
        if (setAside is not null) store.TryDelete(setAside);
        store.DeleteRemains(state.Step);
    }

    /// <summary>Renames the new checkpoint's folder to its final name.</summary>
    /// <returns>Where the checkpoint that had this name is now; null if there was none.</returns>
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
