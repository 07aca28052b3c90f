using System.Text.Json;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Files;

namespace Starling.Actors.Runs;

/// <summary>
/// The supervisors' durable memory in the run's folder, and the fence between them: numbers only grow, and whoever
/// holds an old one is refused. Every change happens under a lock between processes; its content is on the disk before
/// anybody can hear of it. Blocks; safe for any thread.
/// </summary>
/// <param name="folder">The run's folder.</param>
/// <param name="files">How the disk is changed; the real one by default.</param>
/// <param name="timeout">How long another process may hold the lock; 15 s by default.</param>
public sealed class RunLedger(string folder, IDurableFiles? files = null, TimeSpan? timeout = null) : ICommitGuard
{
    private const string FileName = "ledger.json", LockName = "ledger.lock";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(5);

    private readonly string _lockPath = Path.Combine(Path.GetFullPath(folder), LockName);
    private readonly string _path = Path.Combine(Path.GetFullPath(folder), FileName);
    private readonly IDurableFiles _files = files ?? DiskFiles.Instance;
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(15);

    /// <summary>What is written there.</summary>
    /// <exception cref="StarlingException">It cannot be read, or makes no sense.</exception>
    public LedgerEntry Read() => Guarded("read", ReadFile);

    /// <summary>Begins a new term: whoever has an older one can write nothing any more.</summary>
    /// <returns>The new entry, with the numbers to go on from.</returns>
    /// <exception cref="StarlingException">It cannot be read or written.</exception>
    public LedgerEntry TakeTerm() => Locked(() =>
    {
        LedgerEntry found = ReadFile();
        return Write(found with { Term = found.Term + 1 });
    });

    /// <summary>Makes new numbers durable, unless a newer term has begun or the generation is an older one.</summary>
    /// <returns>False if refused: whoever asked has been replaced and must stop at once.</returns>
    /// <exception cref="StarlingException">
    /// It cannot be read or written; nobody may hear of the numbers then.
    /// </exception>
    public bool TryAdvance(long term, long generation, long step, long checkpoint) => Locked(() =>
    {
        LedgerEntry found = ReadFile();
        if (found.Term > term || found.Generation > generation) return false;
        Write(new LedgerEntry(term, generation, step, checkpoint));
        return true;
    });

    /// <inheritdoc/>
    /// <exception cref="StarlingException">It cannot be read.</exception>
    public bool TryCommit(long generation, Action commit)
    {
        using FileStream held = Guarded("locked", Lock); // what the commit throws is not the ledger's
        if (Guarded("read", ReadFile).Generation != generation) return false;
        commit();
        return true;
    }

    private LedgerEntry ReadFile()
    {
        if (!File.Exists(_path)) return LedgerEntry.Empty;
        string text = File.ReadAllText(_path);
        LedgerEntry? entry = null;
        try
        {
            entry = JsonSerializer.Deserialize<LedgerEntry>(text, Json);
        }
        catch (JsonException)
        {
            // Refused below, as numbers that make no sense are.
        }
        return entry is { Term: >= 0, Generation: >= 0, Step: >= 0, Checkpoint: >= -1 }
            ? entry
            : throw new StarlingException($"{_path} is damaged: write {{\"term\":T,\"generation\":G,\"step\":0," +
                "\"checkpoint\":-1} into it, with numbers T and G above all of the events*.jsonl files");
    }

    private LedgerEntry Write(LedgerEntry entry)
    {
        ReplacedFile.WriteDurably(_path, JsonSerializer.SerializeToUtf8Bytes(entry, Json), _files);
        return entry;
    }

    private T Locked<T>(Func<T> work) => Guarded("written", () =>
    {
        using FileStream held = Lock();
        return work();
    });

    private FileStream Lock()
    {
        int tries = (int)(_timeout / RetryInterval);
        // The caller blocks for as long as the disk takes, here as in the reads and writes of the ledger.
        return LockedFile.WaitAsync(() => LockedFile.TryLock(_lockPath), tries, RetryInterval, TimeProvider.System,
                CancellationToken.None).GetAwaiter().GetResult() ??
            throw new IOException($"another process has held {LockName} for {_timeout.TotalSeconds:0} s");
    }

    private T Guarded<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{_path} (term and generation of the run) cannot be {what} ({e.Message}): " +
                "make room and the run's folder writable, then start again", e);
        }
    }
}
