using System.Net;
using System.Net.Sockets;
using Starling.Actors.Configuration;
using Starling.Actors.Metrics;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Metrics;

public sealed class MetricsServerTests
{
    private readonly RunMetrics _metrics = new(new ManualTime());
    private HealthReport _ready = new(true, new Dictionary<string, string> { ["trainer"] = "step 3" });

    [Fact]
    public async Task Serves_metrics_and_both_health_endpoints()
    {
        _metrics.Progress.StepApplied(3, 0, 1, 1);
        await using MetricsServer server = await StartAsync(0);
        using var client = new HttpClient { BaseAddress = server.Address };
        Assert.Contains("starling_step 3\n", await client.GetStringAsync("metrics"));
        Assert.Equal("""{"status":"ok","reasons":{}}""", await client.GetStringAsync("healthz/live"));
        Assert.Equal(
            """{"status":"ok","reasons":{"trainer":"step 3"}}""", await client.GetStringAsync("healthz/ready"));

        _ready = new HealthReport(false, new Dictionary<string, string> { ["trainer"] = "restoring" });
        using HttpResponseMessage answer = await client.GetAsync("healthz/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(
            """{"status":"unavailable","reasons":{"trainer":"restoring"}}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Takes_the_next_free_port_when_the_configured_one_is_in_use()
    {
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using MetricsServer server = await StartAsync(port);
        Assert.True(server.Moved);
        Assert.InRange(server.Address.Port, port + 1, port + 100);
        taken.Stop();
    }

    [Theory]
    [InlineData("not a host", "must be an IP address")]
    [InlineData("203.0.113.7", "cannot listen there")]
    public async Task A_host_that_is_not_this_machine_is_refused(string host, string expected)
    {
        var options = new MonitorOptions { Host = host, Port = 0 };
        var e = await Assert.ThrowsAsync<StarlingException>(
            () => MetricsServer.StartAsync(options, _metrics, Live, Live));
        Assert.Contains(expected, e.Message);
    }

    private static HealthReport Live() => new(true, new Dictionary<string, string>());

    private Task<MetricsServer> StartAsync(int port) =>
        MetricsServer.StartAsync(new MonitorOptions { Port = port }, _metrics, Live, () => _ready);
}
