using Starling.Data.Images;

namespace Starling.Model.Evaluation;

/// <summary>Everything that an evaluation of a checkpoint found.</summary>
/// <param name="Step">The checkpoint's step.</param>
/// <param name="StateHash">
/// Hash of the evaluated state from its manifest. Scores belong to a state: another state of the same step has others.
/// </param>
/// <param name="Results">One result for the student's weights and one for the teacher's.</param>
/// <param name="Anchors">Distances for comparison.</param>
/// <param name="Grids">Grids of labeled samples, by the name of the weights.</param>
public sealed record EvaluationReport(
    long Step, string StateHash, IReadOnlyList<EvaluationResult> Results, DistanceAnchors Anchors,
    IReadOnlyDictionary<string, RgbImage> Grids);
