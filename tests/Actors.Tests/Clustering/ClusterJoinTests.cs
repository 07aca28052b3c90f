using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Starling.Actors.Clustering;
using Starling.Actors.Clustering.Names;
using Starling.Actors.Tests.LocalCluster;

namespace Starling.Actors.Tests.Clustering;

public sealed class ClusterJoinTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), Bound = TimeSpan.FromMinutes(1);
    private static readonly Address Self = new("akka.tcp", ClusterProfile.SystemName, "10.0.0.7", 4000);

    private readonly StubNames _service = new();
    private readonly ManualTimers _time = new();
    private readonly ConcurrentQueue<string> _joins = [], _notes = [];
    private readonly TaskCompletionSource<string> _gaveUp = new();
    private readonly TaskCompletionSource _joined = new();
    private readonly CancellationTokenSource _end = new();
    private readonly int _closed = ClosedPort();
    private Task _running = Task.CompletedTask;

    public void Dispose()
    {
        _service.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task Names_are_looked_up_at_each_attempt_and_Akka_hears_of_changes_only()
    {
        _service.Set("sup", "127.0.0.1");
        Start("sup");
        await StepAsync();
        await StepAsync();
        _service.Set("sup", "127.0.0.2");
        await StepAsync();
        _service.Fail("sup"); // what was known is still tried
        await StepAsync();
        Assert.Equal([$"127.0.0.1:{_closed}", $"127.0.0.2:{_closed}"], _joins);
        await EndAsync();
    }

    [Fact]
    public async Task Who_is_tried_and_why_it_fails_is_said_after_15_s_and_when_the_node_gives_up()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        _service.Set("sup", "127.0.0.1").Fail("lost");
        Start("sup", "lost", "nosuch", $"127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");
        while (_notes.IsEmpty) await StepAsync();
        Assert.InRange(Elapsed, ClusterJoin.FirstReport, ClusterJoin.FirstReport + 2 * Interval);
        string note = Assert.Single(_notes);
        foreach (string part in (string[])
                 [
                     "not a member after 16 s", $"--seed sup:{_closed} at 127.0.0.1:{_closed} refuses connections",
                     $"--seed lost:{_closed}: the name cannot be looked up now",
                     $"--seed nosuch:{_closed}: there is no such host", "listens, but does not answer as a node",
                 ])
            Assert.Contains(part, note, StringComparison.Ordinal);
        while (!_gaveUp.Task.IsCompleted && !_running.IsCompleted) await StepAsync();
        Assert.Equal(ClusterJoin.Limit, Elapsed);
        await _running;
        string reason = await _gaveUp.Task;
        Assert.StartsWith("nobody took it in for 60 s: --seed sup:", reason, StringComparison.Ordinal);
        Assert.Contains("--seed lost:", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_server_that_hangs_keeps_nobody_else_and_the_node_joins_when_it_answers()
    {
        _service.Set("sup", "127.0.0.1").Hang();
        Start("sup");
        while (_time.GetElapsedTime(0) < TimeSpan.FromSeconds(25))
        {
            await AwaitedAsync(Seed.LookUpTimeout); // its own attempt only
            _time.Advance(Seed.LookUpTimeout);
            await StepAsync();
        }
        Assert.Empty(_joins);
        Assert.Contains("the name server has not answered", Assert.Single(_notes), StringComparison.Ordinal);
        _service.GoOn();
        while (_joins.IsEmpty) await Task.Delay(1, TestContext.Current.CancellationToken).WaitAsync(Bound);
        Assert.Equal([$"127.0.0.1:{_closed}"], _joins);
        Assert.False(_gaveUp.Task.IsCompleted);
        await EndAsync();
    }

    [Fact]
    public async Task A_node_that_is_a_member_looks_up_nothing_any_more()
    {
        _service.Set("sup", "127.0.0.1");
        Start("sup");
        await StepAsync();
        _joined.SetResult();
        await _running.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Empty(_notes);
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(0);

    private void Start(params string[] seeds) => _running = new ClusterJoin
    {
        Seeds = [.. seeds.Select(s => ClusterProfile.AddressOf(
            s.Contains(':', StringComparison.Ordinal) ? s : $"{s}:{_closed}", "--seed", "akka.tcp"))],
        Self = Self,
        Names = new NameLookUps(_service, _time),
        Join = addresses => _joins.Enqueue(string.Join(',', addresses.Select(a => $"{a.Host}:{a.Port}"))),
        State = () => new ClusterEvent.CurrentClusterState([], [], [], null,
            ImmutableDictionary<string, Address>.Empty),
        Note = _notes.Enqueue,
        GiveUp = reason => _gaveUp.SetResult(reason),
        Time = _time,
    }.RunAsync(_joined.Task, _end.Token);

    /// <summary>Lets an attempt end, and the time until the next one pass.</summary>
    private async Task StepAsync()
    {
        await AwaitedAsync(Interval);
        if (!_running.IsCompleted) _time.Advance(Interval);
    }

    private Task AwaitedAsync(TimeSpan time) => Task.WhenAny(_time.AwaitedAsync(time), _running).WaitAsync(Bound);

    private async Task EndAsync()
    {
        await _end.CancelAsync();
        await _running.WaitAsync(Bound, TestContext.Current.CancellationToken);
    }

    private static int ClosedPort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
