using System.Text.Json.Nodes;

namespace Starling.Deploy.Tests.Checks;

/// <summary>Finds panels that Grafana would move, mix up, or show without help.</summary>
internal static class LayoutChecks
{
    private const int Columns = 24;

    /// <summary>Panels with the id of an earlier one.</summary>
    public static IEnumerable<string> Ids(Dashboard dashboard) => dashboard.Panels
        .GroupBy(p => (int)p["id"]!).Where(g => g.Count() > 1).Select(g => $"several panels have the id {g.Key}");

    /// <summary>Panels that leave the grid, and pairs of panels that overlap.</summary>
    public static IEnumerable<string> Places(Dashboard dashboard)
    {
        (string Title, int X, int Y, int Right, int Bottom)[] places = [.. dashboard.Panels.Select(Place)];
        foreach (var a in places.Where(p => p.X < 0 || p.Right > Columns || p.Right <= p.X || p.Bottom <= p.Y))
            yield return $"{a.Title} is outside the grid";
        foreach ((var a, int i) in places.Select((a, i) => (a, i)))
            foreach (var b in places.Skip(i + 1))
                if (a.X < b.Right && b.X < a.Right && a.Y < b.Bottom && b.Y < a.Bottom)
                    yield return $"{a.Title} and {b.Title} overlap";
    }

    /// <summary>Panels without a description or a unit.</summary>
    public static IEnumerable<string> Help(Dashboard dashboard)
    {
        foreach (JsonNode panel in dashboard.Charts)
        {
            if (string.IsNullOrWhiteSpace((string?)panel["description"]))
                yield return $"{Dashboard.Title(panel)} has no description";
            if (string.IsNullOrWhiteSpace((string?)panel["fieldConfig"]?["defaults"]?["unit"]))
                yield return $"{Dashboard.Title(panel)} has no unit";
        }
    }

    private static (string, int, int, int, int) Place(JsonNode panel)
    {
        JsonNode at = panel["gridPos"]!;
        (int x, int y) = ((int)at["x"]!, (int)at["y"]!);
        return (Dashboard.Title(panel), x, y, x + (int)at["w"]!, y + (int)at["h"]!);
    }
}
