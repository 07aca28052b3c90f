using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Tests.Configuration;

/// <summary>Keys under the names that they had in earlier versions.</summary>
public sealed class FormerNamesTests
{
    public static TheoryData<string, string> Keys => new()
    {
        { "cluster.loaderPatienceSeconds", "cluster.loaderTimeoutSeconds" },
        { "data.expectedPictures", "data.expectedImages" },
        { "evaluation.referencePictures", "evaluation.referenceImages" },
        { "evaluation.probe.pictures", "evaluation.probe.images" },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_file_may_use_the_former_name(string former, string present)
    {
        string expected = OptionsJson.Resolved(Parse(Json(present, 17)));
        Assert.NotEqual(OptionsJson.Resolved(Parse("{}")), expected);
        Assert.Equal(expected, OptionsJson.Resolved(Parse(Json(former, 17))));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void An_override_may_use_the_former_name_and_wins_over_the_file(string former, string present)
    {
        string expected = OptionsJson.Resolved(Parse(Json(present, 17)));
        Assert.Equal(expected, OptionsJson.Resolved(Parse("{}", $"{former}=17")));
        Assert.Equal(expected, OptionsJson.Resolved(Parse(Json(present, 18), $"{former}=17")));
        Assert.Equal(expected, OptionsJson.Resolved(Parse(Json(former, 18), $"{present}=17")));
        Assert.Equal(expected, OptionsJson.Resolved(Parse("{}", $"{former}=18", $"{present}=17")));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_file_with_both_names_is_refused_by_one_line_that_has_both(string former, string present)
    {
        string[] parts = present.Split('.');
        string leaf = former.Split('.')[^1];
        string json = Json(present, 17).Replace(
            $"\"{parts[^1]}\": 17", $"\"{parts[^1]}\": 17, \"{leaf}\": 17", StringComparison.Ordinal);
        var refused = Assert.Throws<ConfigurationException>(() => Parse(json));
        Assert.Equal(
            [$"x.json: {present}: is there twice, also under its former name {former}; keep one of them"],
            refused.Problems);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_wrong_value_is_reported_under_the_present_name(string former, string present)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Parse(Json(former, -1)));
        string problem = Assert.Single(refused.Problems);
        Assert.StartsWith($"x.json: {present} = -1: must be", problem, StringComparison.Ordinal);
    }

    private static StarlingOptions Parse(string json, params string[] overrides) =>
        StarlingConfiguration.Parse(json, "x.json", ["model.preset=B", .. overrides]);

    /// <summary>A file with one key: <c>a.b</c> and 17 give <c>{ "a": { "b": 17 } }</c>.</summary>
    private static string Json(string path, int value)
    {
        string[] parts = path.Split('.');
        return string.Concat(parts.Select(part => $"{{ \"{part}\": ")) + value + new string('}', parts.Length);
    }
}
