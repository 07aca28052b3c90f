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
            using EventLogLoggers loggers = new(events);
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

    private static void Log(ILogger logger, LogLevel level, string text, Exception? exception) =>
        logger.Log(level, default, text, exception, (state, _) => state);

    private static string? Field(JsonElement line, string name) => line.GetProperty(name).GetString();
}
