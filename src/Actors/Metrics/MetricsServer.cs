using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prometheus;
using Starling.Actors.Configuration;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Metrics;

/// <summary>
/// Serves a node's metrics under <c>/metrics</c>, whether its process can answer under <c>/healthz/live</c>, whether it
/// does its work under <c>/healthz/ready</c>, and where all nodes of the run serve theirs under <c>/targets</c>.
/// </summary>
public sealed class MetricsServer : IAsyncDisposable
{
    private const int PortsToTry = 100;

    /// <summary>
    /// The most connections at a time; more are closed at once. Their work is done by the same threads as the
    /// cluster's heartbeats, which thousands of requests would delay until the others took this node for dead.
    /// </summary>
    private const int MostConnections = 32;

    /// <summary>How long an idle connection is kept, and how long a client may take to send a request.</summary>
    private static readonly TimeSpan ConnectionTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long an answer may take that needs the run's folder.</summary>
    private static readonly TimeSpan DiskTimeout = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private MetricsServer(WebApplication app, Uri address, bool moved)
    {
        _app = app;
        Address = address;
        Moved = moved;
    }

    /// <summary>The address on which the server listens, for instance <c>http://127.0.0.1:8080/</c>.</summary>
    public Uri Address { get; }

    /// <summary>Whether the configured port was in use, so that the server uses a later one.</summary>
    public bool Moved { get; }

    /// <summary>Starts serving on the configured port, or on the next free port if that one is in use.</summary>
    /// <param name="options">The address and the port.</param>
    /// <param name="metrics">The metrics that <c>/metrics</c> shows.</param>
    /// <param name="live">Called for each request of <c>/healthz/live</c>.</param>
    /// <param name="ready">Called for each request of <c>/healthz/ready</c>.</param>
    /// <param name="targets">Makes the answer to <c>/targets</c>; may block.</param>
    /// <param name="pages">Adds further routes; null for none.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="StarlingException">The address is not one of this machine, or no port is free.</exception>
    public static async Task<MetricsServer> StartAsync(
        MonitorOptions options, RunMetrics metrics, Func<HealthReport> live, Func<HealthReport> ready,
        Func<string> targets, Action<IEndpointRouteBuilder>? pages = null,
        CancellationToken cancellationToken = default)
    {
        IPAddress address = Parse(options.Host);
        int last = options.Port == 0 ? 0 : Math.Min(options.Port + PortsToTry, IPEndPoint.MaxPort);
        for (int port = options.Port; port <= last; port++)
        {
            WebApplication app = Build(new IPEndPoint(address, port), metrics, live, ready, targets, pages);
            try
            {
                await app.StartAsync(cancellationToken);
                return new MetricsServer(app, AddressOf(app), moved: options.Port != 0 && port != options.Port);
            }
            catch (IOException e) when (e.InnerException is AddressInUseException)
            {
                await app.DisposeAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await app.DisposeAsync();
                throw new StarlingException(
                    $"monitor.host = {options.Host}, monitor.port = {port}: cannot listen there ({e.Message})", e);
            }
        }
        throw new StarlingException(
            $"monitor.port = {options.Port}: no port from there to {last} is free; choose another");
    }

    /// <summary>Stops serving.</summary>
    public async ValueTask DisposeAsync()
    {
        // The end of a run does not wait for requests that are under way.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(
        IPEndPoint endpoint, RunMetrics metrics, Func<HealthReport> live, Func<HealthReport> ready,
        Func<string> targets, Action<IEndpointRouteBuilder>? pages)
    {
        // The builder is empty: ASP.NET reads no configuration files or environment variables and writes no log.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Limits.MaxConcurrentConnections = MostConnections;
            k.Limits.KeepAliveTimeout = k.Limits.RequestHeadersTimeout = ConnectionTimeout;
            k.Listen(endpoint);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, PassiveLifetime>();
        WebApplication app = builder.Build();
        app.Use((context, next) =>
        {
            Restrict(context.Response.Headers);
            return next(context);
        });
        MetricsText text = new(metrics.Registry, TimeProvider.System);
        app.MapGet("/metrics", async context =>
        {
            context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
            await context.Response.Body.WriteAsync(await text.GetAsync(), context.RequestAborted);
        });
        app.MapGet("/healthz/live", context => AnswerAsync(context, live()));
        app.MapGet("/healthz/ready", context => AnswerAsync(context, ready()));
        DiskJobs disk = new(places: 1, DiskTimeout);
        app.MapGet("/targets", context => AnswerAsync(context, disk, targets));
        pages?.Invoke(app);
        return app;
    }

    /// <summary>
    /// Tells browsers to load nothing from elsewhere, to run no script that stands in an answer, and to show no answer
    /// inside another page or as something else than it is.
    /// </summary>
    private static void Restrict(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static async Task AnswerAsync(HttpContext context, DiskJobs disk, Func<string> make)
    {
        try
        {
            string text = await disk.RunAsync(make, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(text, context.RequestAborted);
        }
        catch (Exception e) when (e.IsDiskFailure() || e is TimeoutException)
        {
            await AnswerAsync(context,
                new HealthReport(false, new Dictionary<string, string> { ["run folder"] = e.Message }));
        }
    }

    private static Task AnswerAsync(HttpContext context, HealthReport report)
    {
        (context.Response.StatusCode, string status) = report.Healthy
            ? (StatusCodes.Status200OK, "ok")
            : (StatusCodes.Status503ServiceUnavailable, "unavailable");
        return context.Response.WriteAsJsonAsync(new { status, reasons = report.Reasons }, JsonSerializerOptions.Web);
    }

    private static IPAddress Parse(string host) =>
        host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out IPAddress? address) ? address
        : throw new StarlingException($"monitor.host = {host}: must be an IP address, localhost or 0.0.0.0");

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>
    /// A lifetime that handles no signals. The default lifetime would handle Ctrl-C and SIGTERM, which the run handles.
    /// </summary>
    private sealed class PassiveLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
