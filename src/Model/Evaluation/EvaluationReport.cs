using Starling.Data.Images;

namespace Starling.Model.Evaluation;

/// <summary>Everything an evaluation found.</summary>
/// <param name="Step">The checkpoint's step.</param>
/// <param name="StateHash">The evaluated state, as its manifest has it: scores belong to a state, not a step.</param>
/// <param name="Results">One result for the student's weights and one for the teacher's.</param>
/// <param name="Anchors">What the distances have to be compared with.</param>
/// <param name="Grids">Labelled sample grids, by the name of the weights.</param>
public sealed record EvaluationReport(
    long Step, string StateHash, IReadOnlyList<EvaluationResult> Results, DistanceAnchors Anchors,
    IReadOnlyDictionary<string, RgbImage> Grids);
