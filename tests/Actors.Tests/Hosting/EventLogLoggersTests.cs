using System.Text.Json;
using Microsoft.Extensions.Logging;
using Starling.Actors.Hosting;
using Starling.Actors.Runs.Events;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Hosting;

public sealed class EventLogLoggersTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Warnings_and_errors_become_events_and_nothing_else_does()
    {
        await using (EventLog events = EventLog.Open(_folder["events.jsonl"], "r", TimeProvider.System))
        {
            using EventLogLoggers loggers = new(events, TimeProvider.System);
            ILogger logger = loggers.CreateLogger("Akka.Remote");
            Log(logger, LogLevel.Information, "all is well", null);
            Log(logger, LogLevel.Warning, "it is late", null);
            Log(logger, LogLevel.Error, "it broke", new InvalidOperationException("the reason"));
        }
        JsonElement[] lines =
            [.. File.ReadLines(_folder["events.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["Warning", "Error"], lines.Select(l => Field(l, "level")));
        Assert.All(lines, l => Assert.Equal(("log", "Akka.Remote"), (Field(l, "event"), Field(l, "source"))));
        Assert.Equal(["it is late", "it broke"], lines.Select(l => Field(l, "text")));
        Assert.Null(Field(lines[0], "exception"));
        Assert.Equal("System.InvalidOperationException: the reason", Field(lines[1], "exception"));
    }

    [Fact]
    public async Task Of_many_lines_some_are_left_out_and_counted()
    {
        ManualTime time = new();
        await using (EventLog events = EventLog.Open(_folder["events.jsonl"], "r", time))
        {
            using EventLogLoggers loggers = new(events, time);
            ILogger logger = loggers.CreateLogger("Akka.Remote"), other = loggers.CreateLogger("Akka.Cluster");
            for (int i = 0; i < EventLogLoggers.Most; i++) Log(logger, LogLevel.Warning, "a stranger", null);
            for (int i = 0; i < 7; i++) Log(other, LogLevel.Warning, "too many", null);
            time.Advance(EventLogLoggers.Interval.TotalSeconds);
            Log(other, LogLevel.Warning, "the first of the next minute", null);
        }
        JsonElement[] lines =
            [.. File.ReadLines(_folder["events.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(lines[..EventLogLoggers.Most], l => Assert.Equal("a stranger", Field(l, "text")));
        Assert.Equal(EventLogLoggers.Most + 2, lines.Length);
        Assert.Equal(7, lines[^2].GetProperty("lines").GetInt32());
        Assert.Equal("log_left_out", Field(lines[^2], "event"));
        Assert.Equal("the first of the next minute", Field(lines[^1], "text"));
    }

    private static void Log(ILogger logger, LogLevel level, string text, Exception? exception) =>
        logger.Log(level, default, text, exception, (state, _) => state);

    private static string? Field(JsonElement line, string name) => line.GetProperty(name).GetString();
}
