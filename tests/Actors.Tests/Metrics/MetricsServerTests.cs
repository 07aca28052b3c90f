using System.Net;
using System.Net.Sockets;
using System.Text;
using Starling.Actors.Configuration;
using Starling.Actors.Metrics;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Metrics;

public sealed class MetricsServerTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private readonly RunMetrics _metrics = new(new ManualTime(), Exporter.Trainer);
    private Func<string> _targets = () => "[]";
    private HealthReport _ready = new(true, new Dictionary<string, string> { ["trainer"] = "step 3" });

    [Fact]
    public async Task Serves_metrics_and_both_health_endpoints()
    {
        _metrics.Progress.StepApplied(0.5, 3, 1, 1);
        await using MetricsServer server = await StartAsync(0);
        using var client = new HttpClient { BaseAddress = server.Address };
        Assert.Contains("starling_images_total 3\n", await client.GetStringAsync("metrics"));
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
    public async Task Serves_the_targets_of_the_run_and_says_if_the_folder_cannot_be_read()
    {
        await using MetricsServer server = await StartAsync(0);
        using var client = new HttpClient { BaseAddress = server.Address };
        using HttpResponseMessage answer = await client.GetAsync("targets");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("[]", await answer.Content.ReadAsStringAsync());

        _targets = () => throw new IOException("no such disk");
        using HttpResponseMessage failure = await client.GetAsync("targets");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failure.StatusCode);
        Assert.Contains("no such disk", await failure.Content.ReadAsStringAsync());
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

    /// <summary>The cluster's heartbeats need the threads that a flood of requests would take.</summary>
    [Fact]
    public async Task More_than_32_connections_are_closed_and_the_next_is_served_when_one_has_ended()
    {
        await using MetricsServer server = await StartAsync(0);
        List<Socket> open = [];
        try
        {
            for (int i = 0; i < 32; i++)
            {
                open.Add(await ConnectAsync(server.Address));
                Assert.True(await IsServedAsync(open[i])); // so the server counts the connection
            }
            using (Socket refused = await ConnectAsync(server.Address)) Assert.False(await IsServedAsync(refused));

            open[0].Dispose();
            long began = TimeProvider.System.GetTimestamp();
            while (true)
            {
                using Socket next = await ConnectAsync(server.Address);
                if (await IsServedAsync(next)) break; // else the server does not know yet that the first has ended
                Assert.True(TimeProvider.System.GetElapsedTime(began) < Timeout, "no connection is served any more");
            }
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task<Socket> ConnectAsync(Uri server)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port).WaitAsync(Timeout);
        return socket;
    }

    /// <summary>Asks for the metrics, and keeps the connection. Returns whether they come.</summary>
    private static async Task<bool> IsServedAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray()).WaitAsync(Timeout);
            byte[] begin = new byte[12];
            await using NetworkStream stream = new(socket);
            await stream.ReadExactlyAsync(begin).AsTask().WaitAsync(Timeout);
            return Encoding.ASCII.GetString(begin) == "HTTP/1.1 200";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false; // closed before the request was read
        }
    }

    [Theory]
    [InlineData("not a host", "must be an IP address")]
    [InlineData("203.0.113.7", "cannot listen there")]
    public async Task A_host_that_is_not_this_machine_is_refused(string host, string expected)
    {
        var options = new MonitorOptions { Host = host, Port = 0 };
        var e = await Assert.ThrowsAsync<StarlingException>(
            () => MetricsServer.StartAsync(options, _metrics, Live, Live, () => "[]"));
        Assert.Contains(expected, e.Message);
    }

    private static HealthReport Live() => new(true, new Dictionary<string, string>());

    private Task<MetricsServer> StartAsync(int port) =>
        MetricsServer.StartAsync(new MonitorOptions { Port = port }, _metrics, Live, () => _ready, () => _targets());
}
