using Starling.Deploy.Tests.Checks;

namespace Starling.Deploy.Tests;

public class PrometheusFileTests
{
    [Fact]
    public void Series_and_labels_of_all_files_exist() => Assert.Empty(PrometheusFiles.Names
        .SelectMany(name => NameChecks.File(PrometheusFiles.Read(name)).Select(p => $"{name}: {p}")));

    [Fact]
    public void Rules_record_what_the_dashboards_use()
    {
        string[] recorded = [.. PrometheusFiles.Names.Select(PrometheusFiles.Read)
            .SelectMany(KnownSeries.Rules).Select(KnownSeries.RecordedName).OfType<string>()];
        if (recorded.Length == 0) return; // The dashboards are usable before there are rules.
        IEnumerable<string> used = Dashboard.Names.SelectMany(n => Dashboard.Read(n.Data).Queries)
            .SelectMany(q => PromQl.Series(q.Expression)).Select(s => s.Name).Where(n => n.Contains(':'));
        Assert.Empty(used.Distinct().Except(recorded));
    }

    [Theory]
    [InlineData("- alert: A\n  expr: starling_steps > 1", "there is no series starling_steps")]
    [InlineData("- alert: A\n  expr: starling_step{phase=\"a\"} > 1", "starling_step has no label phase")]
    [InlineData("- alert: A\n  expr: starling_eval_seconds > 1", "there is no series starling_eval_seconds")]
    [InlineData("- record: starling:a:b\n  expr: max by (run, stage) (starling_step)", "has the label stage")]
    [InlineData("- alert: A\n  expr: starling_step\n  summary: '{{ $labels.phase }}'", "has the label phase")]
    public void A_mistake_in_a_rule_is_found(string text, string problem) =>
        Assert.Contains(NameChecks.File(text), p => p.Contains(problem));

    [Fact]
    public void A_rule_is_not_excused_by_the_labels_of_another_one() => Assert.Single(NameChecks.File("""
        - alert: A
          expr: max by (phase) (starling_run_phase)
        - alert: B
          expr: max by (phase) (starling_step)
        """));
}
