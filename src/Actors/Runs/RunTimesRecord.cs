using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Runs;

/// <summary>What a run's time was spent on so far, as a file in the run's folder keeps it.</summary>
/// <param name="Since">When the run was first started.</param>
/// <param name="Until">The time that is accounted for ends here.</param>
/// <param name="Seconds">Seconds of each activity, by its name.</param>
public sealed record RunTimesRecord(
    DateTimeOffset Since, DateTimeOffset Until, IReadOnlyDictionary<string, double> Seconds)
{
    /// <summary>The file's name in the run's folder.</summary>
    public const string FileName = "times.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The name of the activity in which trainers compute steps that the run has not made before.</summary>
    public const string Productive = "productive";

    /// <summary>The time that is accounted for, in seconds.</summary>
    [JsonIgnore]
    public double All => Seconds.Values.Sum();

    /// <summary>The share of the time in which trainers computed new steps, 0 to 1; null before any time.</summary>
    [JsonIgnore]
    public double? Goodput => All > 0 && Seconds.TryGetValue(Productive, out double good) ? good / All : null;

    /// <summary>
    /// Reads the file. Returns null if there is none, or none that can be read: nothing depends on it.
    /// </summary>
    public static RunTimesRecord? Read(string runFolder)
    {
        try
        {
            string path = Path.Combine(runFolder, FileName);
            RunTimesRecord? read = JsonSerializer.Deserialize<RunTimesRecord>(File.ReadAllText(path), Json);
            return read is { Seconds: { } seconds } && read.Since <= read.Until &&
                seconds.Values.All(s => s >= 0 && double.IsFinite(s)) ? read : null;
        }
        catch (Exception e) when (e.IsDiskFailure() || e is JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Replaces the file, unless it is newer: a supervisor that slept must not undo what its successor has written.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public void Write(string runFolder)
    {
        if (Read(runFolder) is { } there && there.Until >= Until) return;
        ReplacedFile.WriteAmongOthers(Path.Combine(runFolder, FileName),
            path => File.WriteAllText(path, JsonSerializer.Serialize(this, Json)));
    }
}
