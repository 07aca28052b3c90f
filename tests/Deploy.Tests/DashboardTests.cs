using Starling.Deploy.Tests.Checks;

namespace Starling.Deploy.Tests;

public class DashboardTests
{
    // A screen of 1080 pixels leaves about 820 below the bars of browser and Grafana. A unit of the grid takes 38.
    private const int FirstScreen = 21;

    public static TheoryData<string> Names => Dashboard.Names;

    [Theory, MemberData(nameof(Names))]
    public void Panels_have_unique_ids(string name) => Assert.Empty(LayoutChecks.Ids(Dashboard.Read(name)));

    [Theory, MemberData(nameof(Names))]
    public void Panels_do_not_overlap_and_stay_inside_the_grid(string name) =>
        Assert.Empty(LayoutChecks.Places(Dashboard.Read(name)));

    [Theory, MemberData(nameof(Names))]
    public void Panels_have_descriptions_and_units(string name) =>
        Assert.Empty(LayoutChecks.Help(Dashboard.Read(name)));

    [Theory, MemberData(nameof(Names))]
    public void Variables_are_defined_and_used(string name) =>
        Assert.Empty(QueryChecks.Variables(Dashboard.Read(name)));

    [Theory, MemberData(nameof(Names))]
    public void Counters_are_shown_as_rates(string name) => Assert.Empty(QueryChecks.Counters(Dashboard.Read(name)));

    [Theory, MemberData(nameof(Names))]
    public void Series_and_labels_exist(string name) => Assert.Empty(NameChecks.Dashboard(Dashboard.Read(name)));

    [Theory, MemberData(nameof(Names))]
    public void Dashboards_cannot_be_edited_and_have_the_schema_that_was_checked(string name)
    {
        Dashboard dashboard = Dashboard.Read(name);
        Assert.False((bool)dashboard["editable"]!);
        Assert.Equal(39, (int)dashboard["schemaVersion"]!);
        Assert.Equal("starling-" + Path.GetFileNameWithoutExtension(name), (string)dashboard["uid"]!);
    }

    [Fact]
    public void The_first_screen_of_a_run_shows_its_state_its_learning_and_its_scores()
    {
        var rows = Dashboard.Read("run.json").Panels.Where(p => (string)p["type"]! == "row").ToList();
        Assert.Equal(["Now", "Learning", "Scores", "Speed", "Faults"], rows.Select(r => (string)r["title"]!));
        Assert.InRange((int)rows[3]["gridPos"]!["y"]!, 1, FirstScreen);
    }
}
