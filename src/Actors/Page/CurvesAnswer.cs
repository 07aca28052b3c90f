namespace Starling.Actors.Page;

/// <summary>The answer to <c>/api/curves</c>.</summary>
/// <param name="Steps">The steps, ascending.</param>
/// <param name="Series">The values of each series at these steps; series without values are left out.</param>
internal sealed record CurvesAnswer(IReadOnlyList<long> Steps, IReadOnlyDictionary<string, double?[]> Series);
