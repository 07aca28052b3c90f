using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Page;

/// <summary>
/// The page of a run: one screen for browsers, with what it is made of. It reads files of the run's folder and changes
/// nothing; the training knows nothing of it, and nothing is read while nobody looks.
/// </summary>
public sealed class RunPage
{
    /// <summary>The most bytes of an answer, pictures apart.</summary>
    internal const int MostBytes = 1 << 20;

    private const int DiskPlaces = 4;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    private readonly RunFacts _facts;
    private readonly TimeProvider _time;
    private readonly DiskJobs _disk;
    private readonly LogIndex _index;
    private readonly EvaluationList _evaluations;
    private readonly EventStream _events;

    /// <summary>Makes the page of a run.</summary>
    /// <param name="facts">What is known before the first step.</param>
    /// <param name="time">The clock.</param>
    /// <param name="diskLimit">How long a request waits for the disk; null for two seconds.</param>
    public RunPage(RunFacts facts, TimeProvider time, TimeSpan? diskLimit = null)
    {
        string log = Path.Combine(facts.Folder, "events.jsonl");
        (_facts, _time) = (facts, time);
        _disk = new DiskJobs(DiskPlaces, diskLimit ?? TimeSpan.FromSeconds(2));
        _index = new LogIndex(log, _disk);
        _evaluations = new EvaluationList(facts.Folder);
        _events = new EventStream(log, _disk, time);
    }

    /// <summary>Adds the page's routes to a server.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach ((string path, string type, string name) in new[]
        {
            ("/", "text/html; charset=utf-8", "index.html"),
            ("/page.js", "text/javascript; charset=utf-8", "page.js"),
            ("/page.css", "text/css; charset=utf-8", "page.css"),
            ("/uplot.js", "text/javascript; charset=utf-8", "uplot.js"),
            ("/uplot.css", "text/css; charset=utf-8", "uplot.css"),
            ("/icon.svg", "image/svg+xml", "icon.svg"),
        })
        {
            PageFile file = PageFile.Embedded(type, name);
            routes.MapGet(path, context => SendAsync(context, file));
        }
        routes.MapGet("/api/run", context => AnswerAsync(context, RunAsync));
        routes.MapGet("/api/curves", context => AnswerAsync(context, CurvesAsync));
        routes.MapGet("/api/evaluations", context => AnswerAsync(context, EvaluationsAsync));
        routes.MapGet("/api/events", _events.ServeAsync);
        routes.MapGet("/samples/{name}", context => AnswerAsync(context, SampleAsync));
    }

    private async Task<PageFile?> RunAsync(HttpContext context)
    {
        bool whole = await _index.ReadOnAsync(context.RequestAborted);
        // A disk that hangs has just been waited for.
        RunTimesRecord? times = whole
            ? await _disk.RunAsync(() => RunTimesRecord.Read(_facts.Folder), context.RequestAborted) : null;
        RunAnswer answer = _index.Take((history, offset) =>
            RunAnswer.Of(_facts, history, times, offset, !whole, _time.GetUtcNow()));
        while (true)
        {
            PageFile file = JsonOf(answer);
            if (file.Bytes.Length <= MostBytes || answer.Generations.Count == 0) return file;
            // Thousands of trainers: the older generations are left out.
            answer = answer with { Generations = [.. answer.Generations.Skip((answer.Generations.Count + 1) / 2)] };
        }
    }

    private async Task<PageFile?> CurvesAsync(HttpContext context)
    {
        int points = int.TryParse(context.Request.Query["points"], NumberStyles.None, CultureInfo.InvariantCulture,
            out int asked) ? asked : StepCurves.MostPoints;
        await _index.ReadOnAsync(context.RequestAborted);
        return JsonOf(_index.Take((history, _) => history.Curves.Thinned(points)));
    }

    private async Task<PageFile?> EvaluationsAsync(HttpContext context)
    {
        IReadOnlyList<EvaluationEntry> all = await _disk.RunAsync(_evaluations.Read, context.RequestAborted);
        while (true)
        {
            PageFile file = JsonOf(all);
            if (file.Bytes.Length <= MostBytes || all.Count == 0) return file;
            all = [.. all.Skip((all.Count + 1) / 2)];
        }
    }

    private async Task<PageFile?> SampleAsync(HttpContext context)
    {
        string name = (string)context.Request.RouteValues["name"]!;
        return SamplePictures.IsName(name)
            ? await _disk.RunAsync(() => SamplePictures.Read(_facts.Folder, name), context.RequestAborted)
            : null;
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<PageFile?>> make)
    {
        try
        {
            if (await make(context) is { } file) await SendAsync(context, file);
            else context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        catch (Exception e) when (e.IsDiskFailure() || e is TimeoutException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static async Task SendAsync(HttpContext context, PageFile file)
    {
        HttpResponse response = context.Response;
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = "no-cache"; // to be kept, but asked for each time
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(file.ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = file.ContentType;
        response.ContentLength = file.Bytes.Length;
        await response.Body.WriteAsync(file.Bytes, context.RequestAborted);
    }

    private static PageFile JsonOf<T>(T answer) =>
        PageFile.Of("application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(answer, Json));
}
