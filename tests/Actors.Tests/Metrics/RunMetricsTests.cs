using System.Text;
using System.Text.RegularExpressions;
using Starling.Actors.Metrics;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Metrics;

public sealed partial class RunMetricsTests
{
    private readonly ManualTime _time = new();
    private readonly RunMetrics _metrics;

    public RunMetricsTests() => _metrics = new RunMetrics(_time, Exporter.Trainer);

    [Fact]
    public void Names_follow_Prometheus_rules()
    {
        Assert.All(_metrics.Definitions, m =>
        {
            Assert.Matches("^starling_[a-z][a-z0-9_]*[a-z0-9]$", m.Name);
            Assert.Equal(m.Type == "counter", m.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.DoesNotMatch("_(ms|us|ns|minutes|hours|kb|mb|gib|mib|percent|time)(_|$)", m.Name);
            Assert.True(
                m.Type is not ("histogram" or "summary") || m.Name.EndsWith("_seconds", StringComparison.Ordinal));
            Assert.All(m.Labels, l => Assert.DoesNotContain(l, new[] { "step", "sample", "path", "file" }));
            Assert.NotEmpty(m.Help);
        });
        Assert.Equal(_metrics.Definitions.Count, _metrics.Definitions.Select(m => m.Name).Distinct().Count());
    }

    [Theory]
    [InlineData("starling_step")]
    [InlineData("starling_committed_steps_total")]
    [InlineData("starling_loss")]
    [InlineData("starling_grad_norm")]
    [InlineData("starling_step_seconds")]
    [InlineData("starling_data_wait_ratio")]
    [InlineData("starling_queue_capacity")]
    [InlineData("starling_checkpoint_blocked_ratio")]
    [InlineData("starling_checkpoint_timestamp_seconds")]
    [InlineData("starling_run_phase")]
    [InlineData("starling_node_info")]
    [InlineData("starling_eval_linear_probe_ratio")]
    [InlineData("starling_tensors_live")]
    [InlineData("starling_build_info")]
    [InlineData("starling_run_info")]
    [InlineData("starling_exchange_bytes_total")]
    [InlineData("starling_exchange_ratio")]
    [InlineData("starling_straggler_score")]
    [InlineData("starling_stragglers")]
    public void Names_that_dashboards_rely_on_exist(string name) =>
        Assert.Contains(_metrics.Definitions, m => m.Name == name);

    [Fact]
    public async Task A_metric_appears_with_its_first_value_and_a_counter_with_its_exporter()
    {
        string text = await ScrapeAsync();
        string[] names = [.. Sample().Matches(text).Select(m => m.Groups[1].Value).Distinct()];
        Assert.All(names, name => Assert.Contains(_metrics.Definitions, m => m.Name == name &&
            (m.By & (Exporter.Node | Exporter.Trainer)) != 0));
        Assert.All(_metrics.Definitions.Where(m => m.Type == "counter" && m.By is Exporter.Node or Exporter.Trainer),
            m => Assert.Contains(m.Name, names));
        Assert.DoesNotContain("\nstarling_data_wait_ratio ", text);
        foreach (string zero in (string[])["starling_images_total 0",
            "starling_wall_seconds_total{state=\"exchange\"} 0",
            "starling_checkpoint_failures_total{reason=\"disk_full\"} 0"])
            Assert.Contains($"\n{zero}\n", text);
    }

    [Fact]
    public async Task A_committed_step_shows_in_every_progress_metric()
    {
        _metrics.Leader.Lead(1, 200);
        _metrics.Leader.Step(100, 1.5);
        _metrics.Leader.Committed(101, 1.6, redone: 0);
        _metrics.Progress.StepApplied(0.5, images: 32, tokens: 4096, flops: 1e9);
        _metrics.Learning.LossPart("ar", 6.25);
        _metrics.Progress.Phase("forward", 0.1);
        string text = await ScrapeAsync();
        Assert.Contains("starling_step 101\n", text);
        Assert.Contains("starling_committed_steps_total 1\n", text);
        Assert.Contains("starling_images_total 32\n", text);
        Assert.Contains("starling_tokens_total 4096\n", text);
        Assert.Contains("starling_epoch 1.6\n", text);
        Assert.Contains("starling_last_step_timestamp_seconds 1767323045.678\n", text);
        Assert.Contains("starling_loss_part{part=\"ar\"} 6.25\n", text);
        Assert.Contains("starling_step_seconds_count 1\n", text);
        Assert.Contains("starling_step_phase_seconds_count{phase=\"forward\"} 1\n", text);
        Assert.Contains("process_cpu_seconds_total", text);
    }

    [Fact]
    public async Task Ratios_follow_the_clock_at_the_time_of_the_scrape()
    {
        _metrics.Data.Started();
        _metrics.Checkpoints.Started();
        _metrics.Exchange.Started();
        _metrics.Data.Waited(1);
        _metrics.Exchange.Exchanged(2.5);
        _metrics.Checkpoints.Blocked(0.5);
        _time.Advance(10);
        Assert.Contains("starling_data_wait_ratio 0.1\n", await ScrapeAsync());
        Assert.Contains("starling_checkpoint_blocked_ratio 0.05\n", await ScrapeAsync());
        Assert.Contains("starling_exchange_ratio 0.25\n", await ScrapeAsync());
        Assert.Equal(TimeSpan.FromSeconds(10), _metrics.Checkpoints.Age);
        _metrics.Checkpoints.Committed(1234);
        _time.Advance(3);
        Assert.Equal(TimeSpan.FromSeconds(3), _metrics.Checkpoints.Age);
        Assert.Contains("starling_checkpoint_bytes 1234\n", await ScrapeAsync());
    }

    [Fact]
    public void A_node_is_ready_when_it_can_do_the_work_of_its_roles()
    {
        NodeHealth loader = new(_metrics.Leader, trains: false, TimeSpan.FromSeconds(60));
        Assert.Equal((false, "has not joined yet"), (loader.Ready().Healthy, loader.Ready().Reasons["cluster"]));
        loader.IsMember = true;
        Assert.True(loader.Ready().Healthy); // whoever trains
        NodeHealth trainer = new(_metrics.Leader, trains: true, TimeSpan.FromSeconds(60)) { IsMember = true };
        Assert.False(trainer.Ready().Healthy);
        trainer.TrainerIsReady = true;
        Assert.True(trainer.Ready().Healthy);
        _metrics.Leader.Lead(1, 10);
        _time.Advance(60);
        Assert.Equal((false, "no step for 60.0 s"), (loader.Ready().Healthy, loader.Ready().Reasons["run"]));
        _metrics.Leader.Committed(1, 0, redone: 0);
        _time.Advance(59);
        Assert.True(loader.Ready().Healthy);
    }

    [Fact]
    public async Task A_score_goes_with_its_trainer_and_comes_back_with_it()
    {
        _metrics.Leader.Speeds(new Dictionary<string, double> { ["a"] = 1, ["b"] = 0.5 }, 1);
        Assert.Contains("starling_straggler_score{trainer=\"b\"} 0.5\n", await ScrapeAsync());
        _metrics.Leader.Speeds(new Dictionary<string, double>(), 0);
        Assert.DoesNotContain("starling_straggler_score{", await ScrapeAsync());
        Assert.Contains("starling_stragglers 0\n", await ScrapeAsync());
        _metrics.Leader.Speeds(new Dictionary<string, double> { ["b"] = 0.25 }, 1);
        Assert.Contains("starling_straggler_score{trainer=\"b\"} 0.25\n", await ScrapeAsync());
    }

    [Fact]
    public async Task Two_runs_in_one_process_do_not_mix()
    {
        new RunMetrics(_time, Exporter.Trainer).Progress.StepApplied(0.5, 1, 1, 1);
        Assert.Contains("starling_committed_steps_total 0\n", await ScrapeAsync());
    }

    [Fact]
    public void Every_metric_is_in_the_documentation_and_nothing_else()
    {
        string file = Path.Combine(Repository.Root, "docs", "metrics.md");
        string table = MetricsTable.Render(_metrics.Definitions);
        if (Environment.GetEnvironmentVariable("STARLING_UPDATE_DOCS") == "1")
            File.WriteAllText(file, Row().Replace(File.ReadAllText(file), "").TrimEnd() + "\n" + table);
        IEnumerable<string> rows = Row().Matches(File.ReadAllText(file)).Select(m => m.Value.TrimEnd());
        Assert.Equal(table.TrimEnd(), string.Join('\n', rows));
    }

    [GeneratedRegex("^(starling_[a-z0-9_]+)[ {]", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"^\| `starling_.*\n?", RegexOptions.Multiline)]
    private static partial Regex Row();

    private async Task<string> ScrapeAsync()
    {
        using var stream = new MemoryStream();
        await _metrics.Registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
