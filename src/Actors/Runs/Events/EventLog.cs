using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Starling.Actors.Configuration.Reading;
using Starling.Data;

namespace Starling.Actors.Runs.Events;

/// <summary>
/// The run's append-only diary, <c>events.jsonl</c>: one JSON object a line, each with <c>time</c>, <c>run</c>,
/// <c>attempt</c>, <c>generation</c>, <c>step</c> and <c>event</c>, then the event's own fields. Callers never wait
/// for the disk: lines go through a queue to one writer, which hands each to the operating system before it takes the
/// next.
/// </summary>
public sealed class EventLog : IAsyncDisposable
{
    private const int Capacity = 16384;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly FileStream _file;
    private readonly string _run;
    private readonly TimeProvider _time;
    private readonly Task _writer;
    private long _lost;

    private EventLog(FileStream file, string run, int attempt, TimeProvider time)
    {
        _file = file;
        _run = run;
        _time = time;
        Attempt = attempt;
        _writer = Task.Run(WriteLinesAsync);
    }

    /// <summary>Number of this start of the run: one more than the last the file tells of, from 1.</summary>
    public int Attempt { get; }

    /// <summary>
    /// Lines that could not be written (full disk) or did not fit the queue. Training goes on without them.
    /// </summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Opens or makes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">The run's name.</param>
    /// <param name="time">The clock of the <c>time</c> field.</param>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static EventLog Open(string path, string run, TimeProvider time)
    {
        try
        {
            // Readable and deletable meanwhile, but one writer only.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.Read | FileShare.Delete, bufferSize: 0);
            EventLogTail tail = EventLogTail.Read(file);
            file.Seek(0, SeekOrigin.End);
            // A crash may have cut the last line short; the first line of this attempt must not be glued to it.
            if (!tail.EndsWithNewLine) file.WriteByte((byte)'\n');
            return new EventLog(file, run, tail.LastAttempt + 1, time);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path}: the event log cannot be written ({e.Message})", e);
        }
    }

    /// <summary>Adds a line. Thread-safe; returns at once.</summary>
    /// <param name="name">What happened, in snake_case.</param>
    /// <param name="step">The training step it belongs to.</param>
    /// <param name="generation">The membership generation.</param>
    /// <param name="fields">The event's own fields.</param>
    public void Write(
        string name, long step, long generation, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var line = new JsonObject
        {
            ["time"] = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["run"] = _run,
            ["attempt"] = Attempt,
            ["generation"] = generation,
            ["step"] = step,
            ["event"] = name,
        };
        foreach ((string field, JsonNode? value) in fields) line[field] = Writable(value);
        if (!_lines.Writer.TryWrite(line.ToJsonString(OptionsJson.Compact) + "\n")) Interlocked.Increment(ref _lost);
    }

    /// <summary>Writes what is queued and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writer;
        await _file.DisposeAsync();
    }

    private async Task WriteLinesAsync()
    {
        bool torn = false;
        await foreach (string line in _lines.Reader.ReadAllAsync())
        {
            try
            {
                // Unbuffered, each line for itself: after kill -9 everything up to the last event is there. At the end
                // as it is now: the supervisors of a cluster write one log, one after the other.
                _file.Seek(0, SeekOrigin.End);
                _file.Write(Encoding.UTF8.GetBytes(torn ? "\n" + line : line));
                torn = false;
            }
            catch (IOException)
            {
                torn = true;
                Interlocked.Increment(ref _lost);
            }
        }
    }

    // JSON has no NaN, and the step that went wrong is the one whose line is needed most.
    private static JsonNode? Writable(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue(out double d) && !double.IsFinite(d)
            ? JsonValue.Create(d.ToString(CultureInfo.InvariantCulture))
            : value;
}
