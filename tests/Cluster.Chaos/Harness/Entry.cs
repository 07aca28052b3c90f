using System.Text.Json;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>A line of an event log.</summary>
internal sealed record Entry(DateTimeOffset Time, string Event, long Generation, long Step, JsonElement Fields)
{
    /// <summary>The number of the start of the process that wrote it.</summary>
    public int Attempt => Fields.GetProperty("attempt").GetInt32();

    /// <summary>Names of the hosts, of a generation's entry.</summary>
    public IReadOnlyList<string> Hosts => [.. Fields.GetProperty("hosting").EnumerateObject().Select(h => h.Name)];

    public static Entry? Parse(string line)
    {
        try
        {
            JsonElement e = JsonDocument.Parse(line).RootElement;
            return new Entry(e.GetProperty("time").GetDateTimeOffset(), e.GetProperty("event").GetString()!,
                e.GetProperty("generation").GetInt64(), e.GetProperty("step").GetInt64(), e);
        }
        catch (JsonException)
        {
            return null; // kill -9 may have torn it
        }
    }
}
