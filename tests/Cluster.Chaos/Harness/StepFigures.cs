namespace Starling.Cluster.Chaos.Harness;

/// <summary>What a step computed, to the last digit: equal for equal bits.</summary>
/// <param name="Loss">The total loss.</param>
/// <param name="GradientNorm">The norm of the summed gradient.</param>
internal readonly record struct StepFigures(double Loss, double GradientNorm)
{
    public static StepFigures Of(Entry step) =>
        new(step.Fields.GetProperty("loss").GetDouble(), step.Fields.GetProperty("grad_norm").GetDouble());
}
