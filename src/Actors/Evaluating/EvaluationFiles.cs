using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data.Images;
using Starling.Model.Evaluation;

namespace Starling.Actors.Evaluating;

/// <summary>
/// Where an evaluation's results lie in a run's folder: <c>samples/*.png</c> and <c>evaluations/STEP.json</c>.
/// </summary>
public sealed class EvaluationFiles(string runFolder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Folder of the sample grids.</summary>
    public string Samples => Path.Combine(runFolder, "samples");

    /// <summary>Folder of the scores.</summary>
    public string Scores => Path.Combine(runFolder, "evaluations");

    /// <summary>
    /// Writes grids and scores; returns the pictures' paths. The scores come last: they mean it is complete.
    /// </summary>
    public IReadOnlyList<string> Write(EvaluationReport report)
    {
        Directory.CreateDirectory(Scores);
        IReadOnlyList<string> pictures = WriteGrids(report, Samples);
        string scores = ScoresOf(report.Step), temporary = scores + ".new";
        StoredScores stored = new(report.Step, report.Anchors, report.Results);
        File.WriteAllText(temporary, JsonSerializer.Serialize(stored, Json));
        File.Move(temporary, scores, overwrite: true);
        return pictures;
    }

    /// <summary>Writes the sample grids into a folder; returns their paths.</summary>
    public static IReadOnlyList<string> WriteGrids(EvaluationReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        List<string> pictures = [];
        foreach ((string weights, RgbImage grid) in report.Grids)
        {
            string path = Path.Combine(folder, $"{report.Step:D8}-{weights}.png");
            PngWriter.Write(path, grid);
            pictures.Add(path);
        }
        return pictures;
    }

    /// <summary>Scores of an earlier evaluation; null if there was none.</summary>
    public StoredScores? Read(long step) => File.Exists(ScoresOf(step))
        ? JsonSerializer.Deserialize<StoredScores>(File.ReadAllText(ScoresOf(step)), Json)
        : null;

    /// <summary>Steps whose evaluation is complete.</summary>
    public IReadOnlySet<long> Steps() => Directory.Exists(Scores)
        ? Directory.EnumerateFiles(Scores, "*.json").Select(Path.GetFileNameWithoutExtension)
            .Where(name => long.TryParse(name, out _))
            .Select(name => long.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))
            .ToHashSet()
        : new HashSet<long>();

    private string ScoresOf(long step) =>
        Path.Combine(Scores, step.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".json");

    /// <summary>The contents of a score file.</summary>
    public sealed record StoredScores(long Step, DistanceAnchors Anchors, IReadOnlyList<EvaluationResult> Results);
}
