using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Page;

/// <summary>
/// Sends the lines of a run's event log as Server-Sent Events. An event's id is the offset after its line, so a browser
/// that comes back with <c>Last-Event-ID</c> gets what it has missed. Steps are thinned: the last one of a quarter of a
/// second is sent.
/// </summary>
internal sealed class EventStream(string path, DiskJobs disk, TimeProvider time)
{
    /// <summary>The most listeners at a time. Each holds one of the server's connections.</summary>
    public const int MostListeners = 16;

    /// <summary>
    /// The most bytes that are caught up with. A listener that is further behind is told to begin anew.
    /// </summary>
    public const int MostBehind = 16 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    /// <summary>After so long without an event a comment is sent, which finds connections that are dead.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private int _listeners;

    /// <summary>Serves a listener until it goes away or the disk fails.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _listeners) > MostListeners)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "10";
                return;
            }
            await SendAsync(context);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException || e.IsDiskFailure())
        {
            // The listener has gone, or comes back by itself and goes on where it was.
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        CancellationToken gone = context.RequestAborted;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        long length = await disk.RunAsync(() => LogReader.LengthOf(path), gone);
        long? asked = Asked(context.Request);
        bool knows = asked is null || (asked <= length && length - asked <= MostBehind);
        long offset = knows && asked is { } from ? from : length;
        StringBuilder text = new("retry: 1000\n\n");
        if (!knows) Append(text, "reset", offset, "{}");
        long? stepSent = null;
        long sent = time.GetTimestamp();
        string? step = null;
        while (true)
        {
            long start = offset;
            LogPiece piece = await disk.RunAsync(() => LogReader.Read(path, start), gone);
            if (piece.Restarted) Append(text, "reset", 0, "{}");
            foreach (LogEntry entry in piece.Entries)
            {
                using LogLine? line = LogLine.Parse(entry.Json);
                if (line is { IsStep: true }) step = TextOf(entry);
                else if (line is not null) Append(text, "line", entry.End, TextOf(entry));
            }
            offset = piece.End;
            if (step is not null && (stepSent is not { } last || time.GetElapsedTime(last) >= Interval))
            {
                // Its id is where the reading is: ids only grow, and a listener that comes back goes on from there.
                Append(text, "step", offset, step);
                (step, stepSent) = (null, time.GetTimestamp());
            }
            if (text.Length == 0 && time.GetElapsedTime(sent) >= KeepAlive) text.Append(":\n\n");
            if (text.Length > 0)
            {
                await context.Response.WriteAsync(text.ToString(), gone);
                await context.Response.Body.FlushAsync(gone);
                text.Clear();
                sent = time.GetTimestamp();
            }
            if (!piece.HasMore) await Task.Delay(Interval, time, gone);
        }
    }

    /// <summary>
    /// Returns the offset that a listener asks for; null if it asks for none: then it gets what comes from now on.
    /// </summary>
    private static long? Asked(HttpRequest request)
    {
        string? last = request.Headers["Last-Event-ID"], from = request.Query["from"];
        return long.TryParse(string.IsNullOrEmpty(last) ? from : last, NumberStyles.None,
            CultureInfo.InvariantCulture, out long offset) ? offset : null;
    }

    /// <summary>Returns a line as text. A carriage return would end a line of the stream.</summary>
    private static string TextOf(LogEntry entry) => Encoding.UTF8.GetString(entry.Json.Span).Replace('\r', ' ');

    private static void Append(StringBuilder text, string name, long id, string data) =>
        text.Append(CultureInfo.InvariantCulture, $"id: {id}\nevent: {name}\ndata: {data}\n\n");
}
