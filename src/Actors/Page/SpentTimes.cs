using System.Text.Json;
using Starling.Data;

namespace Starling.Actors.Page;

/// <summary>What a run's wall time was spent on, as the leading supervisor keeps it in <c>times.json</c>.</summary>
/// <param name="Seconds">Seconds by activity.</param>
internal sealed record SpentTimes(IReadOnlyDictionary<string, double> Seconds)
{
    /// <summary>The share of the time in which trainers computed new steps; null if no time has passed.</summary>
    public double? Goodput =>
        Seconds.Values.Sum() is > 0 and var all && Seconds.TryGetValue("productive", out double good)
            ? good / all : null;

    /// <summary>Reads the file; null if there is none that can be read.</summary>
    public static SpentTimes? Read(string runFolder)
    {
        try
        {
            using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(runFolder, "times.json")));
            Dictionary<string, double> seconds = [];
            foreach (JsonProperty p in file.RootElement.GetProperty("seconds").EnumerateObject())
                if (p.Value.GetDouble() is >= 0 and < double.PositiveInfinity and var value) seconds[p.Name] = value;
            return new SpentTimes(seconds);
        }
        catch (Exception e) when (e.IsDiskFailure() ||
            e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
