using System.Globalization;
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
    private const string FileName = "ledger.json", LockName = "ledger.lock", EarlierFormatName = "generation";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _folder = Path.GetFullPath(folder);
    private readonly string _path = Path.Combine(Path.GetFullPath(folder), FileName);
    private readonly IDurableFiles _files = files ?? DiskFiles.Instance;
    private readonly TimeSpan _patience = timeout ?? TimeSpan.FromSeconds(15);

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
        if (!File.Exists(_path)) return FromEarlierFormat();
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

    /// <summary>Runs of version 1 kept the generation alone.</summary>
    private LedgerEntry FromEarlierFormat()
    {
        string path = Path.Combine(_folder, EarlierFormatName);
        if (!File.Exists(path)) return LedgerEntry.Empty;
        string text = File.ReadAllText(path).Trim();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long generation)
            ? LedgerEntry.Empty with { Generation = generation }
            : throw new StarlingException($"{path} should hold a generation number but holds '{text}'; " +
                "write the largest generation of events.jsonl into it");
    }

    private LedgerEntry Write(LedgerEntry entry)
    {
        string temporary = _path + ".new";
        File.Delete(temporary); // of a process that died here
        using (IDurableFile file = _files.CreateFile(temporary))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(entry, Json));
            file.Sync(); // before the rename: the name must never point at an empty file
        }
        _files.Replace(temporary, _path);
        _files.SyncFolder(_folder); // or a power cut takes the rename back
        return entry;
    }

    private T Locked<T>(Func<T> work) => Guarded("written", () =>
    {
        using FileStream held = Lock();
        return work();
    });

    /// <summary>The system lets go of it when the process ends, however it ends.</summary>
    private FileStream Lock()
    {
        FileStream? file = null;
        return SpinWait.SpinUntil(() => TryLock(out file), _patience)
            ? file!
            : throw new IOException($"another process has held {LockName} for {_patience.TotalSeconds:0} s");
    }

    private bool TryLock(out FileStream? file)
    {
        file = null;
        try
        {
            file = new FileStream(Path.Combine(_folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
            return true;
        }
        catch (IOException e) when (RunLock.IsHeld(e))
        {
            return false;
        }
    }

    private T Guarded<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StarlingException($"{_path} (term and generation of the run) cannot be {what} ({e.Message}): " +
                "make room and the run's folder writable, then start again", e);
        }
    }
}
