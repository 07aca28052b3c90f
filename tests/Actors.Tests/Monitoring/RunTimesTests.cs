using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Metrics;
using Starling.Actors.Monitoring;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Monitoring;

public sealed class RunTimesTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly TestFolder _folder = new();
    private RunState _state = new() { Term = 1, Loaders = 1 };
    private DateTimeOffset _now = Start;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_second_belongs_to_one_activity()
    {
        RunTimes times = new(null, Start.AddSeconds(-3), _now);
        Go(times, 0, s => s);
        Go(times, 2, s => s with { Phase = RunPhase.Binding, Generation = 1 });
        Go(times, 1, s => s with { Phase = RunPhase.Running });
        Go(times, 10, s => Stepped(s, 1, busy: 6, data: 1, blocked: 0.5, exchange: 2));
        Go(times, 4, s => s with { Phase = RunPhase.RollCall, HostLost = true });
        Go(times, 1, s => s with { Phase = RunPhase.Running });
        Go(times, 2, s => Stepped(s, 2, busy: 3, data: 0, blocked: 0, exchange: 1));
        Go(times, 0, s => s with { Phase = RunPhase.Draining, FinalStep = 2 });
        Go(times, 5, s => s with { Checkpoint = 2 });
        Go(times, 7, s => s with { Phase = RunPhase.Ended });
        Go(times, 9, s => s with { Missing = "nothing is charged after the end" });

        Assert.Equal(3 + 2 + 1, Of(times, RunActivity.Startup), 6);
        Assert.Equal(6 + 1.5, Of(times, RunActivity.Productive), 6); // the hosts' clock ran ahead in the second step
        Assert.Equal(1, Of(times, RunActivity.DataWait), 6);
        Assert.Equal(0.5 + 5, Of(times, RunActivity.CheckpointBlock), 6);
        Assert.Equal(2 + 0.5 + 0.5, Of(times, RunActivity.Exchange), 6); // what no host tells of is exchange
        Assert.Equal(5, Of(times, RunActivity.Recovery), 6);
        Assert.Equal(7, Of(times, RunActivity.Evaluation), 6);
        Assert.Equal((_now - Start).TotalSeconds + 3 - 9, times.Seconds.Sum(), 6);
        Assert.Equal(_now.AddSeconds(-9), times.Record.Until);
    }

    [Fact]
    public void Steps_that_are_made_again_are_not_productive()
    {
        RunTimes times = new(null, Start, _now);
        Go(times, 0, s => s with { Phase = RunPhase.Running, Step = 3, Furthest = 5 });
        foreach (long step in (long[])[4, 5, 6])
            Go(times, 10, s => Stepped(s, step, busy: 10, data: 0, blocked: 0, exchange: 0));
        Assert.Equal(20, Of(times, RunActivity.Redo), 6);
        Assert.Equal(10, Of(times, RunActivity.Productive), 6);
    }

    [Fact]
    public void A_step_that_does_not_come_is_waited_for()
    {
        RunTimes times = new(null, Start, _now);
        Go(times, 0, s => s with
        {
            Phase = RunPhase.Running,
            Hosting = [new HostedReplicas("a", [0])],
            Progress = s.Progress.SetItem("a", new HostProgress(0, 0, 0)),
        });
        _now += TimeSpan.FromSeconds(5);
        times.Tick(_now);
        Assert.Equal(0, times.Seconds.Sum(), 6); // it may come yet
        Go(times, 15, s => s with { Ticks = 20 });
        times.Tick(_now);
        Assert.Equal(20, Of(times, RunActivity.Waiting), 6);
        Go(times, 0, s => s with { DataFault = "no such disk" });
        _now += TimeSpan.FromSeconds(5);
        times.Tick(_now);
        Assert.Equal(5, Of(times, RunActivity.DataWait), 6);
        Go(times, 3, s => s with { Phase = RunPhase.Gathering, Loaders = 0, DataFault = null, MissingTicks = 30 });
        _now += TimeSpan.FromSeconds(8);
        times.Tick(_now);
        Assert.Equal(20 + 3 + 8, Of(times, RunActivity.Waiting), 6);
    }

    [Fact]
    public void The_next_supervisor_goes_on_and_knows_whether_the_run_was_down()
    {
        RunTimes first = new(null, Start, _now);
        Go(first, 0, s => s with { Phase = RunPhase.Running });
        Go(first, 10, s => Stepped(s, 1, busy: 8, data: 0, blocked: 0, exchange: 2));
        first.Record.Write(_folder.Path);

        // It stood by.
        DateTimeOffset led = _now.AddSeconds(2);
        RunTimes second = new(RunTimesRecord.Read(_folder.Path), Start.AddSeconds(1), led);
        Assert.Equal(_now, second.TookOverFrom);
        Assert.Equal(Start, second.Since);
        Assert.Equal(2, Of(second, RunActivity.Recovery), 6);
        Assert.Equal(8, Of(second, RunActivity.Productive), 6);
        Assert.Equal(12, second.Seconds.Sum(), 6);

        // All had ended, and an hour later somebody started the run again.
        RunTimes third = new(RunTimesRecord.Read(_folder.Path), _now.AddSeconds(3600), _now.AddSeconds(3604));
        Assert.Null(third.TookOverFrom);
        Assert.Equal(3600, Of(third, RunActivity.Down), 6);
        Assert.Equal(4, Of(third, RunActivity.Startup), 6);
        Assert.Equal(10 + 3604, third.Seconds.Sum(), 6);
    }

    [Fact]
    public void A_damaged_file_is_none_and_an_older_supervisor_does_not_replace_a_newer_one_s()
    {
        Assert.Null(RunTimesRecord.Read(_folder.Path));
        RunTimes times = new(null, Start, _now.AddSeconds(5));
        RunTimesRecord older = times.Record;
        Go(times, 0, s => s);
        Go(times, 60, s => s with { Generation = 1 });
        times.Record.Write(_folder.Path);
        older.Write(_folder.Path);
        Assert.Equal(65, RunTimesRecord.Read(_folder.Path)!.Seconds["startup"]);
        foreach (string text in (string[])["{", "null", "{\"since\":\"2026-03-01T08:00:00Z\"}",
            """{"since":"2026-03-01T08:00:00Z","until":"2026-03-01T09:00:00Z","seconds":{"down":-1}}"""])
        {
            File.WriteAllText(_folder[RunTimesRecord.FileName], text);
            Assert.Null(RunTimesRecord.Read(_folder.Path));
        }
    }

    private static double Of(RunTimes times, RunActivity activity) => times.Seconds[(int)activity];

    private static RunState Stepped(RunState s, long step, double busy, double data, double blocked, double exchange) =>
        s with
        {
            Step = step,
            Furthest = Math.Max(s.Furthest, step),
            Progress = s.Progress.SetItem("a", new HostProgress(step, busy, data + exchange)
            {
                Figures = new StepFigures(data, exchange, blocked, 0, 0, 0, 0, 0, 0, 0, 0),
            }),
        };

    private void Go(RunTimes times, double seconds, Func<RunState, RunState> change)
    {
        _now += TimeSpan.FromSeconds(seconds);
        _state = change(_state);
        times.Changed(_state, _now);
    }
}
