using Starling.Actors.Page;

namespace Starling.Actors.Tests.Page;

public sealed class StepCurvesTests
{
    [Fact]
    public void A_short_run_is_shown_step_by_step()
    {
        StepCurves curves = Of(Enumerable.Range(1, 600).Select(step => ((long)step, (double)step)));
        CurvesAnswer answer = curves.Thinned(600);
        Assert.Equal(Enumerable.Range(1, 600).Select(step => (long)step), answer.Steps);
        Assert.Equal("loss", answer.Series.Keys.Single());
    }

    [Theory]
    [InlineData(601)]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public void A_long_run_has_few_points_and_keeps_its_peaks(int steps)
    {
        int high = steps / 3, low = steps / 2;
        StepCurves curves = Of(Enumerable.Range(1, steps).Select(
            step => ((long)step, step == high ? 1000.0 : step == low ? -1000 : Math.Sin(step))));
        foreach (int points in new[] { 600, 100, 1, int.MaxValue })
        {
            CurvesAnswer answer = curves.Thinned(points);
            Assert.InRange(answer.Steps.Count, 2, Math.Clamp(points, StepCurves.FewestPoints, StepCurves.MostPoints));
            Assert.Equal(answer.Steps.Order().Distinct(), answer.Steps);
            Assert.Equal(1000, answer.Series["loss"].Max());
            Assert.Equal(-1000, answer.Series["loss"].Min());
        }
        Assert.InRange(curves.Thinned(600).Steps.Count, 150, 600);
    }

    [Fact]
    public void Values_of_a_bucket_keep_their_order()
    {
        StepCurves curves = Of(Enumerable.Range(1, 2000).Select(step => ((long)step, -(double)step)));
        double?[] loss = curves.Thinned(600).Series["loss"];
        Assert.Equal(loss.OrderDescending(), loss);
    }

    [Fact]
    public void A_step_that_is_made_again_counts_once()
    {
        StepCurves curves = Of([(1, 5), (2, 4), (3, 3), (2, 4), (3, 3.5)]);
        CurvesAnswer answer = curves.Thinned(600);
        Assert.Equal("1 2 3", string.Join(' ', answer.Steps));
        Assert.Equal<double?>(new double?[] { 5, 4, 3.5 }, answer.Series["loss"]);
    }

    private static StepCurves Of(IEnumerable<(long Step, double Loss)> steps)
    {
        StepCurves curves = new();
        foreach ((long step, double loss) in steps)
            curves.Add(step, [loss, .. Enumerable.Repeat<double?>(null, StepCurves.Names.Count - 1)]);
        return curves;
    }
}
