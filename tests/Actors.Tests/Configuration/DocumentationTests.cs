using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Starling.Actors.Commands.Assets;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Configuration;

/// <summary>
/// Compares docs/configuration.md with the options records: it has every key with its values and default, and no other.
/// </summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    [Fact]
    public void Every_key_of_a_run_is_documented() => AssertDocumented<StarlingOptions>("A run");

    [Fact]
    public void Every_key_of_a_tokenizer_training_is_documented() =>
        AssertDocumented<TokenizerRunOptions>("Training a tokenizer");

    [Fact]
    public void Every_key_of_a_feature_training_is_documented() =>
        AssertDocumented<FeatureRunOptions>("Training a feature network");

    /// <summary>○ marks keys that may change on a resume, which are those outside of the training identity.</summary>
    [Fact]
    public void Keys_outside_the_training_identity_are_marked()
    {
        string[] sections = ["checkpoint", "cluster", "evaluation", "monitor"];
        IEnumerable<string> marked = Rows("A run").Where(r => r.Meaning.StartsWith('○')).Select(r => r.Key);
        Assert.Equal(TrainingIdentity.ExcludedKeys.Except(sections).Order(), marked.Order());
    }

    [Fact]
    public void Every_row_of_the_paper_is_listed()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "paper-rows.md"));
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(Repository.Root, "configs", "paper"))
            .Select(file => $"(../configs/paper/{Path.GetFileName(file)})");
        Assert.All(files, link => Assert.Contains(link, page));
    }

    private static void AssertDocumented<T>(string heading) where T : new()
    {
        JsonObject defaults = JsonSerializer.SerializeToNode(new T(), OptionsJson.Serializer)!.AsObject();
        Row[] documented = [.. Rows(heading)], actual = [.. Rows(typeof(T), "", defaults)];
        Assert.Equal(actual.Select(r => r.Key).Order(), documented.Select(r => r.Key).Order());
        Assert.All(actual, row =>
        {
            Row page = documented.Single(r => r.Key == row.Key);
            Assert.Equal($"{row.Key}: {row.Values}", $"{page.Key}: {page.Values}");
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(row.Default), JsonElement.Parse(page.Default)),
                $"the default of {row.Key} is {row.Default}, not {page.Default}");
        });
    }

    private static IEnumerable<Row> Rows(string heading)
    {
        string section = Page.Split("\n## ").Single(text => text.StartsWith(heading + "\n", StringComparison.Ordinal));
        return RowPattern().Matches(section).Select(m =>
            new Row(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value, m.Groups[4].Value));
    }

    private static IEnumerable<Row> Rows(Type type, string prefix, JsonObject defaults) =>
        OptionsJson.Keys(type).SelectMany(p => defaults[p.Name] is JsonObject section
            ? Rows(p.PropertyType, $"{prefix}{p.Name}.", section)
            : [new Row(prefix + p.Name, Values(p), defaults[p.Name]?.ToJsonString() ?? "null", "")]);

    private static string Values(JsonPropertyInfo property)
    {
        Type plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        RangeAttribute? range = property.AttributeProvider!
            .GetCustomAttributes(typeof(RangeAttribute), true).Cast<RangeAttribute>().SingleOrDefault();
        string values = plain switch
        {
            { IsEnum: true } => string.Join(", ", Enum.GetValues(plain).Cast<object>().Select(Name)),
            _ when plain == typeof(bool) => "`true`, `false`",
            _ when plain == typeof(string) => "text",
            _ when plain.IsAssignableTo(typeof(IEnumerable<string>)) => "list of texts",
            _ when plain.IsAssignableTo(typeof(IEnumerable)) => "list of numbers",
            _ when range is null => "0 or more",
            _ when range.Maximum is int.MaxValue or >= (double)long.MaxValue => $"{Text(range.Minimum)} or more",
            _ => $"{Text(range.Minimum)} to {Text(range.Maximum)}",
        };
        return property.IsSetNullable ? $"{values} or `null`" : values;
    }

    private static string Name(object value) =>
        $"`{JsonSerializer.SerializeToNode(value, value.GetType(), OptionsJson.Serializer)}`";

    private static string Text(object number) => Convert.ToString(number, CultureInfo.InvariantCulture)!;

    [GeneratedRegex(@"^\| `([A-Za-z0-9.]+)` \| (.*?) \| `(.*?)` \|(?: (.*?))? \|$", RegexOptions.Multiline)]
    private static partial Regex RowPattern();

    private sealed record Row(string Key, string Values, string Default, string Meaning);
}
