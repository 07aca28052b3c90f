using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;
using Starling.Data.Shards;
using Starling.Model.Files;

namespace Starling.Actors.Runs;

/// <summary>
/// Remembers beside a run what its data set held: the fingerprints of the files, and the hash of the images of each row
/// group, from the first time that any node of the run read it. So a change is noticed when the row group is read
/// again, in this process or in a later one. The images are too large to be hashed at the start, and the fingerprint
/// does not cover them.
/// </summary>
/// <remarks>
/// The record is <c>data-FINGERPRINT.jsonl</c> in the run's folder, with the first 16 digits of the data set's
/// fingerprint, so that another data set (<c>--force</c>) has another record. Lines are only appended. All nodes write
/// the same file, each while it holds the file's lock, and read first what the others have appended; so two nodes that
/// read a row group for the first time cannot remember two hashes. A process that is killed while it writes leaves a
/// torn line, which is skipped. A later line about a row group replaces an earlier one.
/// </remarks>
public sealed class DataRecord
{
    private const int NamedFiles = 3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Shard, int RowGroup), string> _known = [], _unsaved = [];
    private readonly HashSet<int> _knownFiles = [];
    private readonly string _path;
    private readonly ShardIndex _index;
    private readonly bool _force;
    private readonly Action<string> _note;
    private readonly TimeSpan _timeout;
    private long _read;
    private bool _refused;

    /// <summary>Makes the record of a run's data set. Reads and writes nothing yet.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="index">The data set.</param>
    /// <param name="force">Whether the run goes on with row groups that have changed.</param>
    /// <param name="note">Called with lines for the log and the terminal, on any thread.</param>
    /// <param name="timeout">The time to wait for another process that holds the lock; 15 s by default.</param>
    public DataRecord(string folder, ShardIndex index, bool force, Action<string> note, TimeSpan? timeout = null)
    {
        (_path, _index, _force, _note) = (PathOf(folder, index.Fingerprint), index, force, note);
        _timeout = timeout ?? TimeSpan.FromSeconds(15);
    }

    /// <summary>
    /// Compares the images of a row group with those that the run has read before, or remembers them if it has read
    /// none. What is remembered is on the disk when the call returns. If the disk refuses, the hash is remembered in
    /// memory, and written with the next one. Blocks; any number of threads may call at the same time.
    /// </summary>
    /// <param name="group">The row group.</param>
    /// <param name="hash">The hash of its images.</param>
    /// <exception cref="RowGroupChangedException">
    /// The images are others, and the run does not go on with them.
    /// </exception>
    public void Check(RowGroupInfo group, string hash)
    {
        (int Shard, int RowGroup) key = (group.FileIndex, group.Index);
        lock (_gate)
        {
            if (Find(key) is null) Remember(key, hash);
            if (Find(key) == hash) return;
            if (!_force)
                throw new RowGroupChangedException(group, "has changed since this run first read it: restore the " +
                    "file, choose another --run folder, or go on all the same with --force");
            _note($"going on although {group.File}: row group {group.Index} has changed since this run first read it");
            _known.Remove(key);
            Remember(key, hash);
        }
    }

    /// <summary>Says which files differ between the data set of an earlier start and this one.</summary>
    /// <param name="fingerprint">The fingerprint of the earlier data set.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="index">The data set as it is now.</param>
    /// <returns>A clause for a message; null if the run has no record of the earlier data set.</returns>
    internal static string? ChangeSince(string fingerprint, string folder, ShardIndex index)
    {
        string[] earlier = FilesIn(PathOf(folder, fingerprint));
        if (earlier.Length == 0) return null;
        if (earlier.Length != index.Files.Count)
            return FormattableString.Invariant($"there were {earlier.Length} files and are now {index.Files.Count}");
        if (earlier.Order().SequenceEqual(index.FileFingerprints.Order())) return "the files are in another order";
        string[] changed = [.. index.Files.Where((_, i) => index.FileFingerprints[i] != earlier[i])];
        string more = changed.Length > NamedFiles ? $" and {changed.Length - NamedFiles} more" : "";
        return $"changed: {string.Join(", ", changed.Take(NamedFiles))}{more}";
    }

    private static string PathOf(string folder, string fingerprint) =>
        Path.Combine(Path.GetFullPath(folder), $"data-{fingerprint[..Math.Min(16, fingerprint.Length)]}.jsonl");

    /// <summary>Reads the fingerprints of the files, in order. A record that cannot be read has none.</summary>
    private static string[] FilesIn(string path)
    {
        try
        {
            // Shares the file with its writers, which would otherwise be in the way of each other.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            SortedDictionary<int, string> files = [];
            foreach (Line line in ReadLines(file).Where(line => line.RowGroup is null)) files[line.Shard] = line.Sha256;
            return [.. files.Values];
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return [];
        }
    }

    private string? Find((int, int) key) => _known.GetValueOrDefault(key) ?? _unsaved.GetValueOrDefault(key);

    private void Remember((int, int) key, string hash)
    {
        _unsaved[key] = hash;
        try
        {
            using FileStream file = LockedFile.Wait(_path, _timeout) ??
                throw new IOException(FormattableString.Invariant(
                    $"another process has held it for {_timeout.TotalSeconds:0} s"));
            ReadAppended(file);
            Append(file);
            _refused = false;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // The run goes on, as it does when a checkpoint cannot be written: the disk may have room again soon.
            if (!_refused)
                _note($"{_path} cannot be written ({e.Message}): make room and the run's folder writable, otherwise " +
                    "a later start will not notice if images that were read now have changed");
            _refused = true;
        }
    }

    /// <summary>Takes over what other processes have remembered since the last call.</summary>
    private void ReadAppended(FileStream file)
    {
        file.Seek(_read, SeekOrigin.Begin);
        foreach (Line line in ReadLines(file))
        {
            if (line.RowGroup is not { } rowGroup) _knownFiles.Add(line.Shard);
            else _known[(line.Shard, rowGroup)] = line.Sha256;
        }
        foreach ((int, int) key in _known.Keys) _unsaved.Remove(key); // who wrote first is right
    }

    private void Append(FileStream file)
    {
        StringBuilder lines = new();
        // A process that was killed may have torn the last line.
        if (file.Length > 0 && !EndsWithNewLine(file)) lines.Append('\n');
        for (int i = 0; i < _index.Files.Count; i++)
            if (!_knownFiles.Contains(i))
                Add(new Line(i, null, Path.GetFileName(_index.Files[i]), _index.FileFingerprints[i]));
        foreach (((int shard, int rowGroup), string hash) in _unsaved) Add(new Line(shard, rowGroup, null, hash));
        bool first = file.Length == 0;
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes(lines.ToString()));
        file.Flush();
        // Synced before anybody trains on the images: after a power cut, a checkpoint could otherwise depend on images
        // that nobody remembers.
        FileSync.Sync(file.SafeFileHandle, _path);
        if (first) FolderSync.Sync(Path.GetDirectoryName(_path)!);
        _read = file.Length;
        foreach (((int, int) key, string hash) in _unsaved) _known[key] = hash;
        _unsaved.Clear();
        _knownFiles.UnionWith(Enumerable.Range(0, _index.Files.Count));

        void Add(Line line) => lines.Append(JsonSerializer.Serialize(line, Json)).Append('\n');
    }

    private static bool EndsWithNewLine(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    private static IEnumerable<Line> ReadLines(FileStream file)
    {
        using StreamReader reader = new(file, Encoding.UTF8, leaveOpen: true);
        while (reader.ReadLine() is { } text)
            if (Parse(text) is { Sha256: not null } line) yield return line;
    }

    private static Line? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, Json);
        }
        catch (JsonException)
        {
            return null; // torn by a process that was killed
        }
    }

    /// <summary>A line of the record: a file if it has no row group, else the images of the row group.</summary>
    /// <param name="Shard">Number of the file in the list of shards, from 0.</param>
    /// <param name="RowGroup">Number of the row group in its file, from 0.</param>
    /// <param name="File">Name of the file, for whoever reads the record.</param>
    /// <param name="Sha256">The file's fingerprint, or the hash of the row group's images.</param>
    private sealed record Line(int Shard, int? RowGroup, string? File, string Sha256);
}
