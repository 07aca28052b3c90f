using Microsoft.Extensions.Logging;
using Starling.Actors.Runs.Events;

namespace Starling.Actors.Hosting;

/// <summary>
/// Writes Akka's warnings and errors to the node's event log, where they can be read beside the events of the run.
/// </summary>
internal sealed class EventLogLoggers(EventLog events) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Lines(events, categoryName);

    /// <summary>Does nothing: the event log belongs to the process.</summary>
    public void Dispose() { }

    private sealed class Lines(EventLog events, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            events.Write("log", 0, 0, ("level", logLevel.ToString()), ("source", source),
                ("text", formatter(state, exception)), ("exception", exception?.ToString()));
        }
    }
}
