namespace Starling.Data.Grids;

/// <summary>One curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points, x ascending; they are joined and marked.</param>
/// <param name="Colour">Number of its colour; curves that belong together share one.</param>
/// <param name="Dashed">Whether its line is dashed.</param>
public sealed record ChartSeries(
    string Name, IReadOnlyList<(double X, double Y)> Points, int Colour = 0, bool Dashed = false);
