using System.Globalization;
using System.Text.Json;

namespace Starling.Actors.Page;

/// <summary>
/// An event of a run's event log. Its fields can be read until it is disposed of. The file may hold anything; a field
/// that is missing, or is not what it should be, is null.
/// </summary>
internal sealed class LogLine : IDisposable
{
    private readonly JsonDocument _document;

    private LogLine(JsonDocument document, string name, double at)
    {
        _document = document;
        Event = name;
        At = at;
    }

    /// <summary>The event's name.</summary>
    public string Event { get; }

    /// <summary>When it was written, in seconds of Unix time.</summary>
    public double At { get; }

    /// <summary>The training step that it belongs to.</summary>
    public long Step => Whole("step") ?? 0;

    /// <summary>Whether the event tells of a step that was made.</summary>
    public bool IsStep => Event is "step" or "committed";

    /// <summary>Reads a line; null if it is no event.</summary>
    public static LogLine? Parse(ReadOnlyMemory<byte> line)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && TextOf(root, "event") is { } name &&
                TextOf(root, "time") is { } time && DateTimeOffset.TryParse(
                    time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at))
                return new LogLine(document, name, at.ToUnixTimeMilliseconds() / 1e3);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A crash cut the line short, or its text is not UTF-8.
        }
        document?.Dispose();
        return null;
    }

    /// <summary>Returns a text field.</summary>
    public string? Text(string field)
    {
        try
        {
            return TextOf(_document.RootElement, field);
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    /// <summary>Returns a field with a whole number.</summary>
    public long? Whole(string field) =>
        Find(field) is { ValueKind: JsonValueKind.Number } e && e.TryGetInt64(out long value) ? value : null;

    /// <summary>Returns a field with a finite number. NaN and infinity are written as text.</summary>
    public double? Number(string field) =>
        Find(field) is { ValueKind: JsonValueKind.Number } e && e.TryGetDouble(out double value) &&
        double.IsFinite(value) ? value : null;

    /// <summary>Returns a field as it is; null if it is missing.</summary>
    public JsonElement? Find(string field) =>
        _document.RootElement.TryGetProperty(field, out JsonElement value) ? value : null;

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _document.Dispose();

    private static string? TextOf(JsonElement root, string field) =>
        root.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
