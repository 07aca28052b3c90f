using Microsoft.Extensions.Logging;
using Starling.Actors.Runs.Events;

namespace Starling.Actors.Hosting;

/// <summary>
/// Writes Akka's warnings and errors to the node's event log, where they can be read beside the events of the run. A
/// part of them is left out if there are many: a stranger who tries the node's port again and again would otherwise
/// fill the disk of the run. Thread-safe.
/// </summary>
/// <param name="events">The node's event log.</param>
/// <param name="time">The clock.</param>
internal sealed class EventLogLoggers(EventLog events, TimeProvider time) : ILoggerProvider
{
    /// <summary>Number of lines that are written at most in an <see cref="Interval"/>.</summary>
    internal const int Most = 200;

    /// <summary>The time for which lines are counted.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _began = time.GetTimestamp();
    private int _lines;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    /// <summary>Does nothing: the event log belongs to the process.</summary>
    public void Dispose() { }

    private void Write(LogLevel level, string source, string text, string? exception)
    {
        int left;
        lock (_gate)
        {
            if (time.GetElapsedTime(_began) < Interval)
            {
                if (++_lines > Most) return;
                left = 0;
            }
            else
            {
                left = Math.Max(0, _lines - Most);
                (_began, _lines) = (time.GetTimestamp(), 1);
            }
        }
        if (left > 0) events.Write("log_left_out", 0, 0, ("lines", left));
        events.Write("log", 0, 0,
            ("level", level.ToString()), ("source", source), ("text", text), ("exception", exception));
    }

    private sealed class Lines(EventLogLoggers owner, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) owner.Write(logLevel, source, formatter(state, exception), exception?.ToString());
        }
    }
}
