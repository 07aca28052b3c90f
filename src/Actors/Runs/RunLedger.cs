using System.Text;
using System.Text.Json;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Files;

namespace Starling.Actors.Runs;

/// <summary>
/// The durable numbers of a run, in a file in the run's folder, and the fence between its supervisors: the numbers only
/// grow, and a supervisor with an old term is refused. A change is made under a lock between processes, and is on the
/// disk when the call returns. A failed write is tried again twice. The methods block, and may be called on any thread.
/// </summary>
/// <param name="folder">The run's folder.</param>
/// <param name="files">Changes the disk; the real disk by default.</param>
/// <param name="timeout">The time to wait for another process that holds the lock; 15 s by default.</param>
public sealed class RunLedger(string folder, IDurableFiles? files = null, TimeSpan? timeout = null) : ICommitGuard
{
    private const string FileName = "ledger.json", LockName = "ledger.lock", IdName = "run-id";
    private const int IdLength = 32; // hexadecimal digits
    private const int Tries = 3;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _lockPath = Path.Combine(Path.GetFullPath(folder), LockName);
    private readonly string _path = Path.Combine(Path.GetFullPath(folder), FileName);
    private readonly IDurableFiles _files = files ?? DiskFiles.Instance;
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(15);

    /// <summary>Reads the ledger.</summary>
    /// <exception cref="StarlingException">The file cannot be read or is damaged.</exception>
    public LedgerEntry Read() => Guarded("read", ReadFile);

    /// <summary>
    /// Returns the id of the run's folder, by which nodes know that they share it. The first caller makes the id; the
    /// folder of an earlier version gets one in the same way. A copy of a folder has the id of the original.
    /// </summary>
    /// <returns>32 hexadecimal digits.</returns>
    /// <exception cref="StarlingException">The file of the id cannot be read or written, or is damaged.</exception>
    public string FolderId()
    {
        // A process may ask before the run has stored anything.
        Guarded("written", () => Directory.CreateDirectory(Path.GetDirectoryName(_path)!));
        return Locked(ReadOrMakeId);
    }

    /// <summary>Begins a new term. Supervisors of older terms cannot write to the ledger any more.</summary>
    /// <returns>The new entry. The supervisor goes on from its numbers.</returns>
    /// <exception cref="StarlingException">The file cannot be read or written.</exception>
    public LedgerEntry TakeTerm() => Locked(() =>
    {
        LedgerEntry found = ReadFile();
        return Write(found with { Term = found.Term + 1 });
    });

    /// <summary>
    /// Writes new numbers, unless a newer term has begun or the generation is older than the one in the file.
    /// </summary>
    /// <returns>False if refused: a newer supervisor has replaced the caller, which must stop at once.</returns>
    /// <exception cref="StarlingException">
    /// The file cannot be read or written. The caller must not tell the numbers to any other actor.
    /// </exception>
    public bool TryAdvance(long term, long generation, long step, long checkpoint) => Locked(() =>
    {
        LedgerEntry found = ReadFile();
        if (found.Term > term || found.Generation > generation) return false;
        Write(new LedgerEntry(term, generation, step, checkpoint));
        return true;
    });

    /// <inheritdoc/>
    /// <exception cref="StarlingException">The file cannot be read.</exception>
    public bool TryCommit(long generation, Action commit)
    {
        using FileStream held = Guarded("locked", Lock); // only the lock: exceptions of commit() are not the ledger's
        if (Guarded("read", ReadFile).Generation != generation) return false;
        commit();
        return true;
    }

    private string ReadOrMakeId()
    {
        string path = Path.Combine(Path.GetDirectoryName(_path)!, IdName);
        if (ReadIfThere(path) is { } text)
        {
            string id = text.TrimEnd();
            return id.Length == IdLength && id.All(char.IsAsciiHexDigitLower)
                ? id
                : throw new StarlingException(
                    $"{path} is damaged: delete it while no node of the run runs, and the next one makes another");
        }
        string made = Guid.NewGuid().ToString("N");
        Store(path, Encoding.ASCII.GetBytes(made + "\n"));
        return made;
    }

    private LedgerEntry ReadFile()
    {
        if (ReadIfThere(_path) is not { } text) return LedgerEntry.Empty;
        LedgerEntry? entry = null;
        try
        {
            entry = JsonSerializer.Deserialize<LedgerEntry>(text, Json);
        }
        catch (JsonException)
        {
            // The check below refuses a missing entry, like one with impossible numbers.
        }
        return entry is { Term: >= 0, Generation: >= 0, Step: >= 0, Checkpoint: >= -1 }
            ? entry
            : throw new StarlingException($"{_path} is damaged: write {{\"term\":T,\"generation\":G,\"step\":0," +
                "\"checkpoint\":-1} into it, with numbers T and G above all of the events*.jsonl files");
    }

    /// <summary>
    /// Reads a file; null only if it is known that there is none. A disk that does not answer must not look like a run
    /// that has no numbers yet: they would begin anew.
    /// </summary>
    private static string? ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e.IsAbsence())
        {
            return null;
        }
    }

    private LedgerEntry Write(LedgerEntry entry)
    {
        Store(_path, JsonSerializer.SerializeToUtf8Bytes(entry, Json));
        return entry;
    }

    private void Store(string path, byte[] bytes)
    {
        // Each try writes the whole file again: after a failed sync the system may take the old bytes for written.
        for (int tries = 1; ; tries++)
        {
            try
            {
                ReplacedFile.WriteDurably(path, bytes, _files);
                return;
            }
            catch (Exception e) when (e.IsDiskFailure() && tries < Tries)
            {
                using ManualResetEventSlim pause = new(initialState: false, spinCount: 0);
                pause.Wait(RetryAfter);
            }
        }
    }

    private T Locked<T>(Func<T> work) => Guarded("written", () =>
    {
        using FileStream held = Lock();
        return work();
    });

    private FileStream Lock() => LockedFile.Wait(_lockPath, _timeout) ??
        throw new IOException($"another process has held {LockName} for {_timeout.TotalSeconds:0} s");

    private T Guarded<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{_path} (term and generation of the run) cannot be {what} ({e.Message}): " +
                "make room and the run's folder writable, then start again", e, FaultScope.Node);
        }
    }
}
