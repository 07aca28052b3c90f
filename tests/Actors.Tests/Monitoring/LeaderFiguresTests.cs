using System.Collections.Immutable;
using System.Text;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Metrics;
using Starling.Actors.Monitoring;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Monitoring;

public sealed class LeaderFiguresTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RunMetrics _metrics;
    private readonly LeaderFigures _figures;
    private readonly List<LeaderFigures> _made = [];
    private RunState _state = new() { Term = 1, Loaders = 1, Hosting = Hosts("a", "b") };

    public LeaderFiguresTests()
    {
        _metrics = new RunMetrics(_time, Exporter.None);
        _figures = Figures(_metrics, started: _time.GetUtcNow());
    }

    public void Dispose()
    {
        foreach (LeaderFigures figures in _made) figures.Close(); // what they write is on the disk then
        _folder.Dispose();
    }

    [Fact]
    public async Task A_recovery_is_timed_to_the_next_step_and_counted_by_its_cause()
    {
        Change(s => s);
        Form(1);
        Step(1);
        Change(s => s with { Phase = RunPhase.RollCall, HostLost = true });
        _time.Advance(3);
        Form(2, s => s with { Hosting = Hosts("a"), HostLost = false });
        _time.Advance(1);
        Step(2);
        string text = await TextAsync();
        Assert.Contains("starling_recovery_seconds_sum{cause=\"trainer_lost\"} 4\n", text);
        Assert.Contains("starling_recovery_seconds_count{cause=\"trainer_lost\"} 1\n", text);

        Form(3, s => s with { Hosting = Hosts("a", "c") });
        Step(3);
        Assert.Contains(
            "starling_recovery_seconds_count{cause=\"trainer_joined\"} 1\n", await TextAsync());

        Change(s => s with { Phase = RunPhase.Gathering, Hosting = [], HostLost = true });
        Form(4, s => s with { Hosting = Hosts("d"), HostLost = false }, fromDisk: true);
        _time.Advance(9);
        Step(4);
        Assert.Contains("starling_recovery_seconds_sum{cause=\"all_lost\"} 9\n", await TextAsync());
    }

    [Fact]
    public async Task A_generation_is_counted_by_its_reason()
    {
        Change(s => s);
        Form(1);
        Change(s => s with { Phase = RunPhase.RollCall, Blame = "out of memory" });
        Form(2, s => s with { Blame = null });
        Change(s => s with { Leaving = s.Leaving.Add("b") });
        Form(3, s => s with { Hosting = Hosts("a") });
        Change(s => s with { Phase = RunPhase.RollCall, ConnectionLost = true, Blame = "reset" });
        Form(4, s => s with { ConnectionLost = false, Blame = null });
        string text = await TextAsync();
        foreach (string reason in (string[])["joined", "left", "lost", "failed"])
            Assert.Contains($"starling_generations_total{{reason=\"{reason}\"}} 1\n", text);
    }

    [Fact]
    public async Task A_takeover_is_a_recovery_and_the_times_go_on()
    {
        Change(s => s);
        Form(1);
        _time.Advance(4);
        Step(1, busy: 4);
        _figures.Close();

        RunMetrics other = new(_time, Exporter.None);
        LeaderFigures next = Figures(other, started: _time.GetUtcNow().AddSeconds(-10));
        _time.Advance(2);
        _state = _state with { Term = 2, Phase = RunPhase.Gathering };
        next.Changed(_state);
        _state = _state with { Generation = 2, Phase = RunPhase.Running };
        next.Changed(_state);
        _time.Advance(1);
        next.Changed(Stepped(_state, 2, busy: 1));
        next.Close();
        string text = await ScrapeAsync(other);
        Assert.Contains("starling_recovery_seconds_sum{cause=\"supervisor_lost\"} 3\n", text);
        Assert.Equal(5, RunTimesRecord.Read(_folder.Path)!.Seconds["productive"]);
        Assert.Equal(2, RunTimesRecord.Read(_folder.Path)!.Seconds["recovery"]);
    }

    [Fact]
    public async Task The_room_and_the_evaluations_lag_are_exported()
    {
        Change(s => s with { Checkpoint = 30, ToEvaluate = [10, 20] });
        _figures.Close();
        string text = await TextAsync();
        Assert.Contains("starling_evaluation_lag_steps 20\n", text);
        Assert.Matches(@"starling_run_folder_free_bytes [1-9]\d+", text);
        Assert.Contains("starling_run_seconds_total{state=\"down\"} 0\n", text);
        Change(s => s with { ToEvaluate = [] });
        Assert.Contains("starling_evaluation_lag_steps 0\n", await TextAsync());
    }

    private static ImmutableArray<HostedReplicas> Hosts(params string[] names) =>
        [.. names.Select((name, i) => new HostedReplicas(name, [i]))];

    private LeaderFigures Figures(RunMetrics metrics, DateTimeOffset started)
    {
        _made.Add(new LeaderFigures(
            metrics.Leader, 100, step => step / 10.0, new LeaderFiles(_folder.Path, started, _time), _time));
        return _made[^1];
    }

    private static async Task<string> ScrapeAsync(RunMetrics metrics)
    {
        using MemoryStream stream = new();
        await metrics.Registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private Task<string> TextAsync() => ScrapeAsync(_metrics);

    private void Form(long generation, Func<RunState, RunState>? change = null, bool fromDisk = false)
    {
        Change(s => (change ?? (x => x))(s) with { Generation = generation, Phase = RunPhase.Binding });
        Change(s => s with
        {
            Phase = RunPhase.Connecting,
            Connect = new RunEffect.Connect(generation, [], 0, fromDisk),
        });
        Change(s => s with { Phase = RunPhase.Running });
    }

    private void Step(long step, double busy = 0) => Change(s => Stepped(s, step, busy));

    private static RunState Stepped(RunState s, long step, double busy) => s with
    {
        Step = step,
        Furthest = step,
        Progress = s.Progress.Clear().SetItem(s.Hosting[0].Trainer, new HostProgress(step, busy, 0)),
    };

    private void Change(Func<RunState, RunState> change)
    {
        _state = change(_state);
        _figures.Changed(_state);
    }
}
