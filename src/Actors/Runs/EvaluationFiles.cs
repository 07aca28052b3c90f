using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;
using Starling.Data.Images;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Files;

namespace Starling.Actors.Runs;

/// <summary>
/// Reads and writes the results of evaluations in a run's folder: <c>samples/*.png</c> and
/// <c>evaluations/STEP.json</c>.
/// </summary>
public sealed class EvaluationFiles(string runFolder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Path of the folder with the sample grids.</summary>
    public string Samples => Path.Combine(runFolder, "samples");

    /// <summary>Path of the folder with the scores.</summary>
    public string Scores => Path.Combine(runFolder, "evaluations");

    /// <summary>
    /// Writes the sample grids, then the scores. The score file marks the evaluation as complete. Returns the paths of
    /// the grids.
    /// </summary>
    public IReadOnlyList<string> Write(EvaluationReport report)
    {
        Directory.CreateDirectory(Scores);
        IReadOnlyList<string> images = WriteGrids(report, Samples);
        StoredScores stored = new(report.Step, report.StateHash, report.Anchors, report.Results);
        ReplacedFile.Write(ScoresOf(report.Step), JsonSerializer.Serialize(stored, Json));
        return images;
    }

    /// <summary>Writes the sample grids into a folder. Returns their paths.</summary>
    public static IReadOnlyList<string> WriteGrids(EvaluationReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        List<string> images = [];
        foreach ((string weights, RgbImage grid) in report.Grids)
        {
            string path = Path.Combine(folder, $"{report.Step:D8}-{weights}.png");
            PngWriter.Write(path, grid);
            images.Add(path);
        }
        return images;
    }

    /// <summary>
    /// Returns the scores of evaluated checkpoints that are still on the disk, by step. Scores of another state are
    /// left out: a run that was started again with another seed has other weights at the same steps.
    /// </summary>
    public IReadOnlyDictionary<long, StoredScores> Of(CheckpointStore checkpoints) => checkpoints.List()
        .Where(entry => entry.Manifest is not null)
        .Select(entry => (entry.Manifest!.StateHash, Scores: Read(entry.Step)))
        .Where(found => found.Scores?.StateHash == found.StateHash)
        .ToDictionary(found => found.Scores!.Step, found => found.Scores!);

    /// <summary>
    /// Returns the Fréchet distances of evaluated checkpoints that are still on the disk, by step. Lower is better.
    /// </summary>
    public IReadOnlyDictionary<long, double> Ranks(CheckpointStore checkpoints) => Of(checkpoints)
        .Where(found => found.Value.Rank is not null)
        .ToDictionary(found => found.Key, found => found.Value.Rank!.Value);

    /// <summary>
    /// Returns all scores of the run in the order of their steps, also those whose checkpoints were pruned.
    /// </summary>
    public IReadOnlyList<StoredScores> All() => Directory.Exists(Scores)
        ? [.. Directory.GetFiles(Scores, "*.json").Select(Read).OfType<StoredScores>().OrderBy(s => s.Step)]
        : [];

    /// <summary>Returns the scores of a step; null if it has none that can be read.</summary>
    public StoredScores? Read(long step) => Read(ScoresOf(step));

    private static StoredScores? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredScores>(File.ReadAllText(file), Json);
        }
        catch (Exception e) when (e.IsDiskFailure() || e is JsonException)
        {
            return null; // no scores, or a file cut short by a crash: the step is evaluated again
        }
    }

    private string ScoresOf(long step) => Path.Combine(Scores, step.ToString(CultureInfo.InvariantCulture) + ".json");

    /// <summary>The contents of a score file.</summary>
    public sealed record StoredScores(
        long Step, string StateHash, DistanceAnchors Anchors, IReadOnlyList<EvaluationResult> Results)
    {
        /// <summary>
        /// The student's Fréchet distance, by which checkpoints are ranked; null if it was not measured.
        /// </summary>
        public double? Rank => Results.FirstOrDefault(r => r.Weights == "student")?.FrechetDistance;
    }
}
