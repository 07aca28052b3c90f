using System.Globalization;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Model.Transformer;

namespace Starling.Actors.Commands.Train;

/// <summary>
/// <c>starling train --dry-run</c>: opens data and tokenizer as a run would, and prints what the run would cost. It
/// makes no weights.
/// </summary>
internal static class DryRun
{
    /// <summary>
    /// Share of the measured matrix speed that small eager-mode trainings reach. It is a rule of thumb.
    /// </summary>
    private const double Efficiency = 0.5;

    /// <summary>Prints the resolved configuration and the plan.</summary>
    /// <exception cref="Data.StarlingException">The configuration, the data or the tokenizer is wrong.</exception>
    public static void Print(
        TextWriter output, StarlingOptions options, string runFolder, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        PlannedInputs inputs = PlannedInputs.Of(options);
        GptShape shape = TransformerShapes.Transformer(options, inputs.Classes, inputs.Tokenizer);
        TrainingCost cost = TrainingCost.Of(options, shape);
        double flops = options.Training.Steps * cost.FlopsPerStep;
        string time = options.Training.Device == "cpu"
            ? TimeHere(options, shape, flops, clock, cancellationToken)
            : TimeOnGpu(flops);

        output.WriteLine(OptionsJson.Resolved(options));
        output.WriteLine();
        Row("run folder", runFolder);
        Row("training identity", TrainingIdentity.Of(options).Hash);
        Row("data", FormattableString.Invariant($"{inputs.Images} images, {inputs.Classes} classes"));
        if (inputs.DataFingerprint is { } fingerprint) Row("data fingerprint", fingerprint);
        Row("sequence", FormattableString.Invariant($"{shape.Tokens} tokens of {shape.Vocabulary} codes"));
        foreach (string absent in inputs.Absent) Row("", absent);
        Row("parameters", $"{Exact(cost.StudentParameters)} student, {Exact(cost.ProjectorParameters)} projector");
        Row("work", $"{Display.Count(cost.FlopsPerStep)}FLOP a step, {Display.Count(flops)}FLOP in all, " +
            "without the tokenizer's");
        Row("checkpoint", Display.Bytes(cost.CheckpointBytes));
        Row("memory", $"{Display.Bytes(cost.MemoryBytes)} for a trainer that hosts every replica");
        foreach ((string what, long bytes) in cost.Memory) Row("", $"{Display.Bytes(bytes),10}  {what}");
        Row("steps", FormattableString.Invariant($"{options.Training.Steps}, {inputs.StepsPerEpoch} to an epoch"));
        Row("time", time);

        void Row(string name, string value) => output.WriteLine($"{name,-18} {value}");
    }

    private static string TimeHere(StarlingOptions options, GptShape shape, double flops, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        int sequences = options.Training.EffectiveMicroBatch * options.SelfGuided.EffectiveStudentViews;
        double speed = SpeedProbe.Measure(
            shape, (long)sequences * shape.Tokens, options.Training, clock, cancellationToken);
        return $"about {Display.Duration(TimeSpan.FromSeconds(flops / (speed * Efficiency)))} on this machine's " +
            $"processor, at half the {Display.Count(speed)}FLOP/s of a matrix product measured for half a second " +
            "just now";
    }

    private static string TimeOnGpu(double flops) => string.Create(CultureInfo.InvariantCulture,
        $"not estimated: only a processor's speed is measured. Arithmetic: {ReferenceGpu.GpuHours(flops):0.0} " +
        $"GPU-hours at {ReferenceGpu.Utilization * 100:0} % of an H100's {Display.Count(ReferenceGpu.Peak)}FLOP/s");

    private static string Exact(long count) =>
        count < 1000 ? Display.Count(count) : FormattableString.Invariant($"{count:N0} ({Display.Count(count)})");
}
