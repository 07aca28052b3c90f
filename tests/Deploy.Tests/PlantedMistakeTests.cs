using Starling.Deploy.Tests.Checks;

namespace Starling.Deploy.Tests;

/// <summary>Each check of dashboards can fail: a mistake is planted in a copy, and the check finds it.</summary>
public class PlantedMistakeTests
{
    [Theory]
    [InlineData("\"id\": 3,", "\"id\": 2,", "the id 2")]
    [InlineData("\"x\": 3, \"y\": 1,", "\"x\": 2, \"y\": 1,", "overlap")]
    [InlineData("\"x\": 21, \"y\": 1,", "\"x\": 22, \"y\": 1,", "outside the grid")]
    [InlineData("\"description\": \"The last comm", "\"about\": \"The last comm", "no description")]
    [InlineData("\"unit\": \"sci\"", "\"unit\": \"\"", "no unit")]
    [InlineData("starling_step{run=\\\"$run\\\"}", "starling_step{run=\\\"$runs\\\"}", "runs is not defined")]
    [InlineData("run=\\\"$run\\\"", "run=\\\"r\\\"", "run is not used")]
    [InlineData("rate(starling_images_total", "avg_over_time(starling_images_total", "not in rate()")]
    [InlineData("starling:run_seconds:total", "starling_run_seconds_total", "needs its recording rule")]
    [InlineData("[$__rate_interval]", "[5m]", "rate over 5m")]
    [InlineData("(starling_step{", "(starling_steps{", "no series starling_steps")]
    [InlineData("starling_step_seconds_bucket", "starling_step_seconds", "no series starling_step_seconds")]
    [InlineData("starling:run_seconds:total", "starling:run_secs:total", "no series starling:run_secs:total")]
    [InlineData("(up{", "(pu{", "no series pu")]
    [InlineData("weights=\\\"student\\\"", "weight=\\\"student\\\"", "no label weight")]
    [InlineData("max by (part)", "max by (trainer)", "has the label trainer")]
    [InlineData("\"legendFormat\": \"{{part}}\"", "\"legendFormat\": \"{{stage}}\"", "has the label stage")]
    public void A_mistake_in_a_dashboard_is_found(string right, string wrong, string problem)
    {
        string text = Dashboard.Read("run.json").Text;
        Assert.Contains(right, text);
        Dashboard mistaken = Dashboard.Parse(text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(Problems(mistaken), p => p.Contains(problem));
    }

    private static IEnumerable<string> Problems(Dashboard dashboard) =>
    [
        .. LayoutChecks.Ids(dashboard), .. LayoutChecks.Places(dashboard), .. LayoutChecks.Help(dashboard),
        .. QueryChecks.Variables(dashboard), .. QueryChecks.Counters(dashboard), .. NameChecks.Dashboard(dashboard),
    ];
}
