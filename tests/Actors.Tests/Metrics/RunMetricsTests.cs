using System.Text;
using System.Text.RegularExpressions;
using Starling.Actors.Metrics;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Metrics;

public sealed partial class RunMetricsTests
{
    private readonly ManualTime _time = new();
    private readonly RunMetrics _metrics;

    public RunMetricsTests() => _metrics = new RunMetrics(_time);

    [Fact]
    public void Names_follow_Prometheus_rules()
    {
        Assert.All(_metrics.Definitions, m =>
        {
            Assert.Matches("^starling_[a-z][a-z0-9_]*[a-z0-9]$", m.Name);
            Assert.Equal(m.Type == "counter", m.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.DoesNotMatch("_(ms|us|ns|minutes|hours|kb|mb|gib|mib|percent|time)(_|$)", m.Name);
            Assert.True(m.Type != "histogram" || m.Name.EndsWith("_seconds", StringComparison.Ordinal));
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
    [InlineData("starling_checkpoint_age_seconds")]
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
    public async Task A_committed_step_shows_in_every_progress_metric()
    {
        _metrics.Progress.Resumed(100, 1.5);
        _metrics.Progress.StepApplied(101, 1.6, images: 32, tokens: 4096);
        _metrics.Learning.Loss("ar", 6.25);
        _metrics.Progress.Phase("forward", 0.1);
        string text = await ScrapeAsync();
        Assert.Contains("starling_step 101\n", text);
        Assert.Contains("starling_committed_steps_total 1\n", text);
        Assert.Contains("starling_images_total 32\n", text);
        Assert.Contains("starling_tokens_total 4096\n", text);
        Assert.Contains("starling_epoch 1.6\n", text);
        Assert.Contains("starling_last_step_timestamp_seconds 1767323045.678\n", text);
        Assert.Contains("starling_loss{part=\"ar\"} 6.25\n", text);
        Assert.Contains("starling_step_seconds_count{phase=\"forward\"} 1\n", text);
        Assert.Contains("process_cpu_seconds_total", text);
    }

    [Fact]
    public async Task Ratios_and_age_follow_the_clock_at_the_time_of_the_scrape()
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
        Assert.Contains("starling_checkpoint_age_seconds 10\n", await ScrapeAsync());

        _metrics.Checkpoints.Committed(50, 1234);
        _time.Advance(3);
        string text = await ScrapeAsync();
        Assert.Contains("starling_checkpoint_age_seconds 3\n", text);
        Assert.Contains("starling_checkpoint_last_good_step 50\n", text);
        Assert.Contains("starling_checkpoint_bytes 1234\n", text);
    }

    [Fact]
    public async Task A_score_goes_with_its_trainer_and_comes_back_with_it()
    {
        _metrics.Cluster.Speeds(new Dictionary<string, double> { ["a"] = 1, ["b"] = 0.5 }, 1);
        Assert.Contains("starling_straggler_score{trainer=\"b\"} 0.5\n", await ScrapeAsync());
        _metrics.Cluster.Speeds(new Dictionary<string, double>(), 0);
        Assert.DoesNotContain("starling_straggler_score{", await ScrapeAsync());
        Assert.Contains("starling_stragglers 0\n", await ScrapeAsync());
        _metrics.Cluster.Speeds(new Dictionary<string, double> { ["b"] = 0.25 }, 1);
        Assert.Contains("starling_straggler_score{trainer=\"b\"} 0.25\n", await ScrapeAsync());
    }

    [Fact]
    public async Task Two_runs_in_one_process_do_not_mix()
    {
        new RunMetrics(_time).Progress.StepApplied(7, 0, 1, 1);
        Assert.Contains("starling_step 0\n", await ScrapeAsync());
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

    [GeneratedRegex(@"^\| `starling_.*\n?", RegexOptions.Multiline)]
    private static partial Regex Row();

    private async Task<string> ScrapeAsync()
    {
        using var stream = new MemoryStream();
        await _metrics.Registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
