using System.Text.Json.Nodes;

namespace Starling.Deploy.Tests;

/// <summary>A dashboard of <c>deploy/grafana/dashboards</c>.</summary>
internal sealed class Dashboard
{
    private readonly JsonNode _root;

    private Dashboard(string text)
    {
        Text = text;
        _root = JsonNode.Parse(text)!;
        Panels = [.. _root["panels"]!.AsArray().Select(p => p!)];
    }

    /// <summary>The names of all dashboards' files.</summary>
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f))];

    /// <summary>The file as it is written.</summary>
    public string Text { get; }

    /// <summary>All panels, rows included.</summary>
    public IReadOnlyList<JsonNode> Panels { get; }

    /// <summary>All panels that show something: no rows.</summary>
    public IEnumerable<JsonNode> Charts => Panels.Where(p => (string)p["type"]! != "row");

    /// <summary>The names of the variables that the dashboard defines.</summary>
    public IEnumerable<string> Variables => _root["templating"]!["list"]!.AsArray().Select(v => (string)v!["name"]!);

    /// <summary>The queries of all panels and annotations.</summary>
    public IEnumerable<DashboardQuery> Queries =>
        Charts.SelectMany(p => p["targets"]!.AsArray().Select(t => Query((string)p["title"]!, t!)))
            .Concat(_root["annotations"]!["list"]!.AsArray().Select(a => Query((string)a!["name"]!, a["target"]!)));

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "deploy", "grafana", "dashboards");

    /// <summary>The value of a field of the whole dashboard.</summary>
    public JsonNode? this[string field] => _root[field];

    /// <summary>Reads a dashboard by the name of its file.</summary>
    public static Dashboard Read(string name) => Parse(File.ReadAllText(Path.Combine(Folder, name)));

    /// <summary>Reads a dashboard from its text.</summary>
    public static Dashboard Parse(string text) => new(text);

    /// <summary>What problems call a panel.</summary>
    public static string Title(JsonNode panel) => $"{panel["id"]} {panel["title"]}";

    private static DashboardQuery Query(string owner, JsonNode target) =>
        new(owner, (string)target["expr"]!, (string?)target["legendFormat"] ?? "");
}
