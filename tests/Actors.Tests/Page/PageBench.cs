using System.Globalization;
using System.Text;
using Starling.Actors.Configuration;
using Starling.Actors.Metrics;
using Starling.Actors.Page;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Page;

/// <summary>The page of a run whose folder a test fills.</summary>
internal sealed class PageBench : IAsyncDisposable
{
    public const string HostileName = "<script>alert(1)</script>";
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TestFolder _folder = new();
    private MetricsServer? _server;

    private PageBench()
    {
    }

    public ManualTime Time { get; } = new();

    public string EventLog => _folder["events.jsonl"];

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public static async Task<PageBench> StartAsync()
    {
        PageBench bench = new();
        RunPage page = new(new RunFacts(bench._folder.Path, HostileName, "a model", "some data", 300), bench.Time,
            TimeSpan.FromSeconds(30));
        HealthReport healthy = new(true, new Dictionary<string, string>());
        bench._server = await MetricsServer.StartAsync(new MonitorOptions { Port = 0 },
            new RunMetrics(bench.Time, Exporter.None), () => healthy, () => healthy, () => "[]", page.Map);
        bench.Client.BaseAddress = bench._server.Address;
        return bench;
    }

    /// <summary>A line of an event log, so many seconds after the run's start.</summary>
    public static string Line(string name, double seconds, long step, string fields = "", int attempt = 1,
        long generation = 1)
    {
        string time = Start.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string own = fields == "" ? "" : "," + fields;
        return string.Create(CultureInfo.InvariantCulture,
            $"{{\"time\":\"{time}\",\"run\":\"r\",\"attempt\":{attempt},\"generation\":{generation},") +
            string.Create(CultureInfo.InvariantCulture, $"\"step\":{step},\"event\":\"{name}\"{own}}}\n");
    }

    /// <summary>The line of a step with a loss.</summary>
    public static string Step(long step, double loss) => Line("committed", step, step,
        string.Create(CultureInfo.InvariantCulture, $"\"loss\":{loss}"));

    /// <summary>The Unix time so many seconds after the run's start.</summary>
    public static double At(double seconds) => Start.AddSeconds(seconds).ToUnixTimeMilliseconds() / 1e3;

    public void Write(params string[] lines) => File.AppendAllText(EventLog, string.Concat(lines));

    public void WriteFile(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], text);
    }

    /// <summary>Listens to the events.</summary>
    public async Task<StreamReader> ListenAsync(string query = "", long? lastId = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "api/events" + query);
        if (lastId is { } id) request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        HttpResponseMessage answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(), Encoding.UTF8);
    }

    /// <summary>Reads the next event.</summary>
    public static async Task<(long Id, string Name, string Data)> NextAsync(StreamReader stream)
    {
        Dictionary<string, string> fields = [];
        while (true)
        {
            string line = await stream.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60))
                ?? throw new EndOfStreamException();
            if (line == "" && fields.TryGetValue("event", out string? name))
                return (long.Parse(fields["id"], CultureInfo.InvariantCulture), name, fields["data"]);
            if (line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
                fields[line[..colon]] = line[(colon + 2)..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        _folder.Dispose();
    }
}
