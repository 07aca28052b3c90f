using System.Text;
using System.Text.Json;
using Akka.Actor;
using Starling.Actors.Collectives;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Metrics;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Runs.Events;
using Starling.Actors.Tests.Support;
using Starling.Data.Batches;
using Starling.Data.Images;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Snapshots;
using Starling.Model.Training;

namespace Starling.Actors.Tests.Monitoring;

public sealed class MonitorActorTests : ActorTests
{
    private static readonly BadImage Bad = new(17, "shard.parquet", 2, 1, "no image");
    private readonly RunMetrics _metrics = new(TimeProvider.System, Exporter.Trainer | Exporter.Loader);
    private readonly NodeHealth _health;
    private readonly RecordingView _view = new();
    private readonly TaskCompletionSource<RunProgress> _final = new();
    private readonly EventLog _events;
    private readonly IActorRef _monitor;

    public MonitorActorTests()
    {
        _events = EventLog.Open(Folder["events.jsonl"], "r", TimeProvider.System);
        _health = new NodeHealth(_metrics.Leader, trains: true, Timeout) { IsMember = true };
        MonitorOutputs outputs = new(_metrics, _events, _view, null, new Uri("http://127.0.0.1:1/"),
            TrainerQueueCapacity: 2, _health, Folder[""], _final);
        RunProgress progress = new("r", TotalSteps: 10, StepsPerEpoch: 5, GlobalBatch: 8);
        _monitor = Sys.ActorOf(Props.Create(() => new MonitorActor(outputs, progress, new StepFacts(32, 5e6, 1.0))));
    }

    [Fact]
    public async Task A_step_shows_in_metrics_event_log_and_view()
    {
        _monitor.Tell(new MonitorProtocol.BatchQueue(3, 16));
        _monitor.Tell(Ready(3, 4, -1));
        _monitor.Tell(Stepped(5, new LossParts(3, 0.5, 1, 2, 4.25)));
        IReadOnlyList<JsonElement> events = await StopAsync();
        string metrics = await ScrapeAsync();
        foreach (string line in (string[])["starling_committed_steps_total 1", "starling_images_total 4",
            "starling_tokens_total 128", "starling_model_flops_total 20000000", "starling_clipped_steps_total 0",
            "starling_loss 4.25", "starling_loss_part{part=\"contrast_view\"} 2",
            "starling_grad_norm 0.75", "starling_tensors_live 123", "starling_queue_depth{stage=\"trainer\"} 1",
            "starling_queue_capacity{stage=\"trainer\"} 2", "starling_queue_depth{stage=\"batches\"} 3",
            "starling_queue_capacity{stage=\"batches\"} 16"])
            Assert.Contains(line + "\n", metrics);
        JsonElement step = Assert.Single(events, e => Name(e) == "step");
        Assert.Equal(5, step.GetProperty("step").GetInt64());
        Assert.Equal(3, step.GetProperty("generation").GetInt64());
        Assert.Equal(4.25, step.GetProperty("loss").GetDouble());
        Assert.Contains(_view.Updates, s => s.Step == 5 && s.State == "training");
        RunProgress final = await _final.Task.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal((5, 4), (final.Step, final.FirstStep));
    }

    [Fact]
    public async Task A_gradient_above_the_limit_is_counted()
    {
        _monitor.Tell(Ready(3, 4, -1));
        MonitorProtocol.Stepped stepped = Stepped(5, default);
        foreach (double norm in (double[])[1.0, 1.5, double.NaN, 4])
            _monitor.Tell(stepped with { Result = stepped.Result with { GradientNorm = norm } });
        await StopAsync();
        Assert.Contains("starling_clipped_steps_total 2\n", await ScrapeAsync());
    }

    [Fact]
    public async Task Exchanges_show_by_phase_and_are_not_productive()
    {
        ExchangeTimes times = new([0.0625, 0.125, 0, 0, 0, 0.03125], BytesSent: 4096);
        MonitorProtocol.Stepped stepped = Stepped(1, default);
        _monitor.Tell(stepped with
        {
            Result = stepped.Result with { PhaseSeconds = [0, 0.5, 0, 0, 0.25, 0, 0] },
            Timing = stepped.Timing with
            {
                Exchanged = TimeSpan.FromSeconds(0.25),
                Busy = TimeSpan.FromSeconds(0.5),
                Exchange = times,
            },
        });
        IReadOnlyList<JsonElement> events = await StopAsync();
        string metrics = await ScrapeAsync();
        foreach (string line in (string[])["starling_step_phase_seconds_sum{phase=\"teacher\"} 0.5",
            "starling_exchange_phase_seconds_sum{phase=\"gather\"} 0.0625",
            "starling_exchange_phase_seconds_sum{phase=\"wait\"} 0.125",
            "starling_exchange_phase_seconds_count{phase=\"reduce_scatter\"} 1",
            "starling_exchange_phase_seconds_count{phase=\"sum\"} 1",
            "starling_exchange_phase_seconds_count{phase=\"all_gather\"} 1",
            "starling_exchange_phase_seconds_sum{phase=\"confirm\"} 0.03125",
            "starling_wall_seconds_total{state=\"productive\"} 0.5",
            "starling_wall_seconds_total{state=\"exchange\"} 0.25", "starling_exchange_bytes_total 4096"])
            Assert.Contains(line + "\n", metrics);
        Assert.DoesNotContain("starling_exchange_ratio 0\n", metrics);
        JsonElement step = Assert.Single(events, e => Name(e) == "step");
        Assert.Equal((0.5, 0.25, 4096), (step.GetProperty("busy_seconds").GetDouble(),
            step.GetProperty("exchange_seconds").GetDouble(), step.GetProperty("exchange_bytes").GetInt64()));
        Assert.Equal([("gather", 0.0625), ("wait", 0.125), ("reduce_scatter", 0), ("sum", 0), ("all_gather", 0),
            ("confirm", 0.03125)],
            step.GetProperty("exchange").EnumerateObject().Select(p => (p.Name, p.Value.GetDouble())));
    }

    [Fact]
    public async Task A_trainer_alone_has_no_phases_of_an_exchange()
    {
        _monitor.Tell(Stepped(1, default));
        JsonElement step = Assert.Single(await StopAsync(), e => Name(e) == "step");
        Assert.Equal(0, step.GetProperty("exchange_seconds").GetDouble());
        Assert.False(step.TryGetProperty("exchange", out _));
        Assert.False(step.TryGetProperty("exchange_bytes", out _));
        string metrics = await ScrapeAsync();
        Assert.DoesNotContain("phase=\"exchange", metrics);
        Assert.Contains("starling_exchange_ratio 0\n", metrics);
    }

    [Fact]
    public async Task An_exchange_by_its_own_clock_longer_than_the_step_s_phases_does_not_stop_the_monitor()
    {
        MonitorProtocol.Stepped stepped = Stepped(1, default);
        _monitor.Tell(stepped with
        {
            Result = stepped.Result with { PhaseSeconds = [0, 0.125, 0, 0, 0.125, 0, 0] },
            Timing = stepped.Timing with { Exchanged = TimeSpan.FromSeconds(0.5) },
        });
        Assert.Single(await StopAsync(), e => Name(e) == "step");
        string metrics = await ScrapeAsync();
        Assert.Contains("starling_wall_seconds_total{state=\"productive\"} 0\n", metrics);
        Assert.Contains("starling_wall_seconds_total{state=\"exchange\"} 0.25\n", metrics);
    }

    [Fact]
    public async Task A_bad_image_counts_once_however_often_it_is_met()
    {
        _monitor.Tell(Stepped(1, default, bad: [Bad, Bad with { SampleId = 18 }]));
        _monitor.Tell(Stepped(6, default, bad: [Bad]));
        IReadOnlyList<JsonElement> events = await StopAsync();
        Assert.Equal([17, 18],
            events.Where(e => Name(e) == "bad_picture").Select(e => e.GetProperty("sample").GetInt64()));
        Assert.Contains("bad_pictures_total 2\n", await ScrapeAsync());
        Assert.Contains(_view.Notes, n =>
            n.Contains("shard.parquet, row group 2, row 1 (no image)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_step_that_was_left_out_is_told_with_its_figures()
    {
        _monitor.Tell(Stepped(1, new LossParts(double.NaN, 0, 0, 0, double.NaN), StepOutcome.Skipped));
        _monitor.Tell(Stepped(2, default, StepOutcome.AppliedAfterRetry));
        IReadOnlyList<JsonElement> events = await StopAsync();
        JsonElement[] steps = [.. events.Where(e => Name(e) == "step")];
        Assert.Equal("NaN", steps[0].GetProperty("loss").GetString());
        Assert.Equal(["skipped", "applied_after_retry"], steps.Select(e => e.GetProperty("outcome").GetString()));
        Assert.Contains(_view.Notes, n =>
            n.StartsWith("step 1: loss or gradient not finite twice", StringComparison.Ordinal));
        Assert.Matches(@"nonfinite\w*_total\{[^}]*skipped[^}]*\} 1\n", await ScrapeAsync());
    }

    [Fact]
    public async Task Failures_raise_their_alarms()
    {
        _monitor.Tell(new MonitorProtocol.CheckpointFailed(1, 4, "disk_full", "no room"));
        _monitor.Tell(new MonitorProtocol.EvaluationFailed(4, "no memory"));
        _monitor.Tell(new MonitorProtocol.TrainerFailed("System.Exception: broken\n   at somewhere"));
        IReadOnlyList<JsonElement> events = await StopAsync();
        Assert.Equal(["checkpoint_failed", "evaluation_failed", "trainer_failed"], events.Select(Name));
        string metrics = await ScrapeAsync();
        Assert.Matches(@"starling_checkpoint_failures_total\{[^}]*disk_full[^}]*\} 1\n", metrics);
        Assert.Matches(@"starling_eval_failures_total(\{[^}]*\})? 1\n", metrics);
        Assert.Contains(_view.Notes, n => n.EndsWith("System.Exception: broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Phases_and_generations_are_told_when_they_change()
    {
        RunState state = new() { Generation = 1, Phase = RunPhase.Binding };
        _monitor.Tell(new MonitorProtocol.RunChanged(state));
        _monitor.Tell(new MonitorProtocol.RunChanged(state with { Phase = RunPhase.Running }));
        _monitor.Tell(new MonitorProtocol.RunChanged(state with { Phase = RunPhase.Running, Step = 1 }));
        _monitor.Tell(
            new MonitorProtocol.RunChanged(state with { Phase = RunPhase.Binding, Generation = 2, Step = 1 }));
        IReadOnlyList<JsonElement> events = await StopAsync();
        Assert.Equal(["generation", "phase", "phase", "generation", "phase"], events.Select(Name));
        Assert.Equal(["binding", "running", "binding"],
            events.Where(e => Name(e) == "phase").Select(e => e.GetProperty("phase").GetString()));
        Assert.Contains("starling_generation 2\n", await ScrapeAsync());
    }

    [Fact]
    public async Task The_checkpoint_shown_is_one_that_exists_wherever_the_state_came_from()
    {
        _monitor.Tell(Ready(1, 6, -1)); // from another trainer's memory
        Assert.Null(await ShownCheckpointAsync());
        _monitor.Tell(Ready(2, 6, 4)); // memory is ahead of the checkpoint that was loaded
        Assert.Equal(4, await ShownCheckpointAsync());
        Commit(8);
        _monitor.Tell(Ready(3, 9, 4)); // the trainer has not loaded what it wrote itself
        Assert.Equal(8, await ShownCheckpointAsync());
        _monitor.Tell(Ready(4, 4, 4)); // the checkpoint of step 8 is damaged
        Assert.Equal(4, await ShownCheckpointAsync());
        _monitor.Tell(Ready(5, 12, 12)); // another trainer wrote it
        Assert.Equal(12, await ShownCheckpointAsync());
        _monitor.Tell(Ready(6, 0, -1)); // all checkpoints are damaged
        Assert.Null(await ShownCheckpointAsync());
    }

    [Fact]
    public async Task The_hosts_speeds_are_those_of_the_current_generation()
    {
        SlowTrainers slow = SlowTrainers.None;
        for (int i = 0; i < SlowTrainers.Window; i++)
            slow = slow.After(new Dictionary<string, double> { ["a"] = 1, ["b"] = 2, ["c"] = 1, ["d"] = 1 });
        HostedReplicas[] hosts = [new("a", [0]), new("b", [1]), new("c", [2]), new("d", [3])];
        RunState state = new() { Slow = slow, Hosting = [.. hosts] };
        _monitor.Tell(new MonitorProtocol.RunChanged(state));
        string metrics = await SettledAsync();
        Assert.Contains("starling_straggler_score{trainer=\"a\"} 1\n", metrics);
        Assert.Contains("starling_straggler_score{trainer=\"b\"} 0.5\n", metrics);
        Assert.Contains("starling_stragglers 1\n", metrics);

        _monitor.Tell(new MonitorProtocol.RunChanged(state with { Hosting = [hosts[0], hosts[2]] }));
        metrics = await SettledAsync();
        Assert.DoesNotContain("trainer=\"b\"", metrics);
        Assert.Contains("starling_straggler_score{trainer=\"c\"} 1\n", metrics);
        Assert.Contains("starling_stragglers 0\n", metrics);
    }

    [Fact]
    public async Task A_node_whose_supervisor_does_not_lead_says_nothing_of_the_run()
    {
        _monitor.Tell(Ready(1, 0, -1));
        _monitor.Tell(Stepped(1, default));
        string metrics = await SettledAsync();
        foreach (MetricDefinition metric in _metrics.Definitions.Where(m => m.By == Exporter.Leader))
            Assert.DoesNotContain("\n" + metric.Name + " ", metrics);
        Assert.DoesNotContain("starling_straggler_score{", metrics);
    }

    [Fact]
    public async Task The_leader_has_the_facts_of_the_run()
    {
        HostedReplicas[] hosts = [new("a", [0, 1, 2]), new("b", [3])];
        RunState state = new() { Term = 3, Generation = 7, EarlierCheckpoint = 4, Furthest = 6, Hosting = [.. hosts] };
        _monitor.Tell(new MonitorProtocol.RunChanged(state with { Phase = RunPhase.Connecting }));
        string metrics = await SettledAsync();
        Assert.DoesNotContain("\nstarling_step ", metrics); // the hosts have not said yet
        Assert.DoesNotContain("\nstarling_last_step_timestamp_seconds ", metrics);
        Assert.DoesNotContain("\nstarling_checkpoint_timestamp_seconds ", metrics);
        Assert.Contains("\nstarling_redone_steps_total 0\n", metrics);

        state = state with { Phase = RunPhase.Running, Step = 4 };
        _monitor.Tell(new MonitorProtocol.RunChanged(state));
        Assert.Contains("\nstarling_step 4\n", await SettledAsync());
        Assert.DoesNotContain("\nstarling_last_step_timestamp_seconds ", await SettledAsync());
        state = state with { Step = 5, Progress = state.Progress.SetItem("a", new HostProgress(5, 0.75, 0)) };
        _monitor.Tell(new MonitorProtocol.RunChanged(state));
        _monitor.Tell(new MonitorProtocol.RunChanged(state with { Step = 8, Furthest = 8, Checkpoint = 8 }));
        metrics = await SettledAsync();
        foreach (string line in (string[])["starling_step 8", "starling_planned_steps 10", "starling_epoch 1.6",
            "starling_term 3", "starling_generation 7", "starling_run_phase{phase=\"running\"} 1",
            "starling_run_phase{phase=\"connecting\"} 0", "starling_redone_steps_total 2",
            "starling_checkpoint_last_good_step 8", "starling_replicas{trainer=\"a\"} 3",
            "starling_replicas{trainer=\"b\"} 1", "starling_trainer_seconds{trainer=\"a\"} 0.25"])
            Assert.Contains("\n" + line + "\n", metrics);
        Assert.Contains("\nstarling_last_step_timestamp_seconds ", metrics);
        Assert.Contains("\nstarling_checkpoint_timestamp_seconds ", metrics);
    }

    [Fact]
    public async Task Only_the_trainer_of_replica_0_exports_what_is_the_same_on_all()
    {
        _monitor.Tell(Ready(1, 0, -1, rank: 1));
        _monitor.Tell(Stepped(1, new LossParts(3, 0.5, 1, 2, 4.25)));
        string metrics = await SettledAsync();
        Assert.DoesNotContain("\nstarling_loss", metrics);
        Assert.DoesNotContain("starling_nonfinite_steps_total{", metrics);
        Assert.Contains("\nstarling_committed_steps_total 1\n", metrics);

        _monitor.Tell(Ready(2, 1, -1));
        Assert.Contains("\nstarling_nonfinite_steps_total{action=\"skipped\"} 0\n", await SettledAsync());
        _monitor.Tell(Stepped(2, new LossParts(3, 0.5, 1, 2, 4.25), StepOutcome.Skipped));
        Assert.Contains("\nstarling_nonfinite_steps_total{action=\"skipped\"} 1\n", await SettledAsync());
        Assert.Contains("\nstarling_loss 4.25\n", await SettledAsync());

        _monitor.Tell(MonitorProtocol.TrainerSpare.Instance);
        metrics = await SettledAsync();
        Assert.DoesNotContain("\nstarling_loss", metrics);
        Assert.DoesNotContain("starling_nonfinite_steps_total{", metrics);
        _monitor.Tell(Ready(4, 2, -1));
        Assert.Contains("\nstarling_nonfinite_steps_total{action=\"skipped\"} 1\n", await SettledAsync());
    }

    [Fact]
    public async Task A_trainers_node_is_ready_while_it_can_take_part()
    {
        Assert.False(_health.Ready().Healthy);
        _monitor.Tell(Ready(1, 0, -1));
        await SettledAsync();
        Assert.True(_health.Ready().Healthy);
        _monitor.Tell(new MonitorProtocol.TrainerFailed("out of memory"));
        await SettledAsync();
        Assert.Equal("does not hold the state yet", _health.Ready().Reasons["trainer"]);
        _monitor.Tell(MonitorProtocol.TrainerSpare.Instance);
        await SettledAsync();
        Assert.True(_health.Ready().Healthy);
    }

    [Fact]
    public async Task An_evaluation_shows_in_metrics_event_log_and_view()
    {
        EvaluationResult result = new()
        {
            Step = 8, Weights = "teacher", FeatureNetwork = "emoji", Samples = 2, FrechetDistance = 12.5,
            Probe = [new ProbeAccuracy(3, 0.25), new ProbeAccuracy(7, 0.5)],
        };
        EvaluationReport report = new(
            8, "hash", [result], new DistanceAnchors(100, 1), new Dictionary<string, RgbImage>());
        _monitor.Tell(new MonitorProtocol.Evaluated(8, report, ["grid.png"], TimeSpan.FromSeconds(2)));
        IReadOnlyList<JsonElement> events = await StopAsync();
        Assert.Equal(12.5, Assert.Single(events).GetProperty("result").GetProperty("frechetDistance").GetDouble());
        string metrics = await ScrapeAsync();
        Assert.Matches(@"starling_eval_frechet_distance\{[^}]*teacher[^}]*\} 12\.5\n", metrics);
        Assert.Matches(@"starling_eval_linear_probe_ratio\{[^}]*\} 0\.5\n", metrics);
        RunProgress final = await _final.Task.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(0.5, Assert.Single(final.Scores).ProbeAccuracy);
        Assert.Equal(["grid.png"], final.Images);
    }

    private static MonitorProtocol.Stepped Stepped(long step, LossParts losses,
        StepOutcome outcome = StepOutcome.Applied,
        params BadImage[] bad) => new(3,
            new StepResult(step, outcome, losses, 0.75, 1e-3, 0.1, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]),
            new StepTiming(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1), 1, 123), bad);

    private static MonitorProtocol.TrainerReady Ready(long generation, long step, long checkpoint, int rank = 0) =>
        new(generation, step, checkpoint, rank, Replicas: 1, AllReplicas: 2);

    private static string? Name(JsonElement e) => e.GetProperty("event").GetString();

    private void Commit(long step)
    {
        using CheckpointSnapshot snapshot = TestCheckpoints.Snapshot(step);
        CheckpointWriter writer = new(new CheckpointStore(Folder["checkpoints"]), TimeProvider.System);
        _monitor.Tell(new MonitorProtocol.CheckpointCommitted(1,
            writer.Write(snapshot, TestCheckpoints.Run, new Dictionary<string, double>())));
    }

    /// <summary>The checkpoint that the view shows after the next step.</summary>
    private async Task<long?> ShownCheckpointAsync()
    {
        _monitor.Tell(Stepped(20, default));
        await _monitor.Ask<ActorIdentity>(new Identify(null), Timeout, TestContext.Current.CancellationToken);
        return _view.Updates.Last().CheckpointStep;
    }

    /// <summary>Stops the monitor and reads the event log it left.</summary>
    private async Task<IReadOnlyList<JsonElement>> StopAsync()
    {
        Assert.True(await _monitor.GracefulStop(Timeout));
        await _events.DisposeAsync();
        return [.. File.ReadLines(Folder["events.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The metrics once the monitor has heard what it was told so far.</summary>
    private async Task<string> SettledAsync()
    {
        await _monitor.Ask<ActorIdentity>(new Identify(null), Timeout, TestContext.Current.CancellationToken);
        return await ScrapeAsync();
    }

    private async Task<string> ScrapeAsync()
    {
        using MemoryStream stream = new();
        await _metrics.Registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class RecordingView : IProgressView
    {
        public List<RunProgress> Updates { get; } = [];

        public List<string> Notes { get; } = [];

        public void Update(RunProgress progress) => Updates.Add(progress);

        public void Note(string line) => Notes.Add(line);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
