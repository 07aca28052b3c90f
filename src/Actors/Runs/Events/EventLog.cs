using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Starling.Actors.Configuration.Reading;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Runs.Events;

/// <summary>
/// Writes the run's event log, <c>events.jsonl</c>, to which lines are only appended. Each line is a JSON object with
/// <c>time</c>, <c>run</c>, <c>attempt</c>, <c>generation</c>, <c>step</c> and <c>event</c>, then the event's own
/// fields. Callers never wait for the disk: lines go through a queue to one task, which hands each line to the
/// operating system before it takes the next one. A line that the disk refuses is tried again until the disk takes it
/// or the log is closed. Meanwhile the queue holds the later lines, as far as it goes.
/// </summary>
public sealed class EventLog : IAsyncDisposable
{
    private const int Capacity = 16384;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(0.5);

    /// <summary>How long closing may take. A disk that hangs must not keep the process.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly AppendedFile _file;
    private readonly string _path, _run;
    private readonly TimeProvider _time;
    private readonly IEventLogWatch? _watch;
    private readonly Task _writer;
    private bool _torn;

    private EventLog(
        AppendedFile file, string path, string run, EventLogTail tail, TimeProvider time, IEventLogWatch? watch)
    {
        (_file, _path, _run, _time, _watch) = (file, path, run, time, watch);
        Attempt = tail.LastAttempt + 1;
        // A crash may have cut the last line short. The first line of this attempt must begin on a new line.
        _torn = !tail.EndsWithNewLine;
        _writer = Task.Run(WriteLinesAsync);
    }

    /// <summary>Number of this start of the run, from 1: one more than the last attempt in the file.</summary>
    public int Attempt { get; }

    /// <summary>Opens the file, or creates it.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="run">The run's name.</param>
    /// <param name="time">The clock of the <c>time</c> field.</param>
    /// <param name="watch">Is told when lines cannot be written.</param>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static EventLog Open(string path, string run, TimeProvider time, IEventLogWatch? watch = null)
    {
        try
        {
            // The supervisors of a cluster write the same log one after the other. One that was suspended may still
            // write a line when its successor does, so each line goes to the end of the file, wherever that is by then.
            AppendedFile file = new(path);
            try
            {
                return new EventLog(file, path, run, EventLogTail.Read(path), time, watch);
            }
            catch
            {
                file.Dispose();
                throw;
            }
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
        // A closed log takes no lines. An open one refuses a line only if its queue is full.
        if (!_lines.Writer.TryWrite(line.ToJsonString(OptionsJson.Compact) + "\n") && !_closing.IsCancellationRequested)
            _watch?.Lost();
    }

    /// <summary>
    /// Writes the queued lines and closes the file. If the disk still refuses lines, they are lost. May be called
    /// again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _lines.Writer.TryComplete();
        if (await Task.WhenAny(_writer, Task.Delay(CloseTimeout)) == _writer) _file.Dispose();
    }

    private async Task WriteLinesAsync()
    {
        bool failing = false;
        await foreach (string line in _lines.Reader.ReadAllAsync())
        {
            while (TryAppend(line) is { } reason)
            {
                if (!failing) _watch?.Failed(_path, reason);
                failing = true;
                if (_closing.IsCancellationRequested) break;
                // Ends early when the log is closed; each line is then tried once more.
                await Task.WhenAny(Task.Delay(RetryAfter, _time, _closing.Token));
            }
            if (!failing) continue;
            failing = _torn;
            if (failing) _watch?.Lost();
            else _watch?.WrittenAgain(_path);
        }
    }

    /// <summary>Appends a line. Returns the reason if the disk refuses it.</summary>
    private string? TryAppend(string line)
    {
        try
        {
            // Each line is written without a buffer, so that the file is complete up to the last event after kill -9.
            _file.Append(Encoding.UTF8.GetBytes(_torn ? "\n" + line : line));
            _torn = false;
            return null;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            _torn = true; // the disk may have taken a part of the line
            return e.Message;
        }
    }

    // JSON has no NaN and no infinity, so they are written as text. The line of a step with such a value is the one
    // that explains what went wrong.
    private static JsonNode? Writable(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue(out double d) && !double.IsFinite(d)
            ? JsonValue.Create(d.ToString(CultureInfo.InvariantCulture))
            : value;
}
