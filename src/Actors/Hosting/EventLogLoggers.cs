using Microsoft.Extensions.Logging;
using Starling.Actors.Runs.Events;

namespace Starling.Actors.Hosting;

/// <summary>
/// Puts what Akka warns of into the run's event log, where it can be read beside what the run did then.
/// </summary>
internal sealed class EventLogLoggers(EventLog events) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Lines(events, categoryName);

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
