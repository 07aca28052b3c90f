using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Starling.Actors.Configuration.Reading;
using Starling.Data;

namespace Starling.Actors.Runs.Events;

/// <summary>
/// Writes the run's event log, <c>events.jsonl</c>, to which lines are only appended. Each line is a JSON object with
/// <c>time</c>, <c>run</c>, <c>attempt</c>, <c>generation</c>, <c>step</c> and <c>event</c>, then the event's own
/// fields. Callers never wait for the disk: lines go through a queue to one writer, which hands each line to the
/// operating system before it takes the next one.
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

    /// <summary>Number of this start of the run, from 1: one more than the last attempt in the file.</summary>
    public int Attempt { get; }

    /// <summary>
    /// Number of lines that were lost, because the disk was full or the queue was. The training goes on without them.
    /// </summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Opens the file, or creates it.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="run">The run's name.</param>
    /// <param name="time">The clock of the <c>time</c> field.</param>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static EventLog Open(string path, string run, TimeProvider time)
    {
        try
        {
            // Other processes may read or delete the open file, but not write to it.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.Read | FileShare.Delete, bufferSize: 0);
            EventLogTail tail = EventLogTail.Read(file);
            file.Seek(0, SeekOrigin.End);
            // A crash may have cut the last line short. The first line of this attempt must begin on a new line.
            if (!tail.EndsWithNewLine) file.WriteByte((byte)'\n');
            return new EventLog(file, run, tail.LastAttempt + 1, time);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path}: the event log cannot be written ({e.Message})", e);
        }
    }

    /// <summary>Adds a line to the queue. Thread-safe; returns at once.</summary>
    /// <param name="name">The event, in snake_case.</param>
    /// <param name="step">The training step that the event belongs to.</param>
    /// <param name="generation">The generation that the event belongs to.</param>
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

    /// <summary>Writes the queued lines and closes the file.</summary>
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
                // Each line is written without a buffer, so that the file is complete up to the last event after kill
                // -9. The end of the file is looked for before each line, because the supervisors of a cluster write
                // the same log, one after the other.
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

    // JSON has no NaN and no infinity, so they are written as text. The line of a step with such a value is the one
    // that explains what went wrong.
    private static JsonNode? Writable(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue(out double d) && !double.IsFinite(d)
            ? JsonValue.Create(d.ToString(CultureInfo.InvariantCulture))
            : value;
}
