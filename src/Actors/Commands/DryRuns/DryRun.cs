using Starling.Actors.Configuration;
using Starling.Actors.Monitoring;
using Starling.Data.Batches;
using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Model.Transformer;

namespace Starling.Actors.Commands.DryRuns;

/// <summary>
/// <c>starling train --dry-run</c>: opens data and tokenizer as a run would, then says what it would cost.
/// </summary>
internal static class DryRun
{
    /// <summary>Share of the measured matrix speed that small eager-mode training reaches; a rule of thumb.</summary>
    private const double Efficiency = 0.5;

    /// <summary>Prints the resolved configuration and the plan.</summary>
    /// <exception cref="Data.StarlingException">What would stop the run stops the dry run too.</exception>
    public static void Print(
        TextWriter output, StarlingOptions options, string runFolder, TimeProvider time,
        CancellationToken cancellationToken)
    {
        ShardIndex index = ShardIndex.Open(DataFiles.Resolve(options.Data.Files));
        StepOrder order = new BatchFactory(index, options.ToBatchOptions()).Order;
        GptShape shape = RunShapes.Transformer(options, index.ClassNames.Count);
        TrainingCost cost = TrainingCost.Of(options, shape);
        int sequences = options.Training.EffectiveMicroBatch * options.SelfGuided.EffectiveStudentViews;
        double speed = Calibration.Measure(
            shape, (long)sequences * shape.Tokens, options.Training, time, cancellationToken);
        double seconds = options.Training.Steps * cost.FlopsPerStep / (speed * Efficiency);

        output.WriteLine(OptionsJson.Resolved(options));
        output.WriteLine();
        Row("run folder", runFolder);
        Row("training identity", TrainingIdentity.Of(options).Hash);
        Row("data", FormattableString.Invariant($"{index.TotalRows} pictures, {index.ClassNames.Count} classes"));
        Row("sequence", FormattableString.Invariant($"{shape.Tokens} tokens of {shape.Vocabulary} codes"));
        Row("parameters", $"{Display.Count(cost.StudentParameters)} student, " +
            $"{Display.Count(cost.ProjectorParameters)} projector");
        Row("work a step", $"{Display.Count(cost.FlopsPerStep)}FLOP, without the tokenizer's");
        Row("checkpoint", Display.Bytes(cost.CheckpointBytes));
        Row("memory", $"{Display.Bytes(cost.MemoryBytes)} for a trainer that hosts every replica");
        foreach ((string what, long bytes) in cost.Memory) Row("", $"{Display.Bytes(bytes),10}  {what}");
        Row("steps", FormattableString.Invariant($"{options.Training.Steps}, {order.StepsPerEpoch} to an epoch"));
        Row("time", $"about {Display.Duration(TimeSpan.FromSeconds(seconds))} on this machine's processor, " +
            $"at half the {Display.Count(speed)}FLOP/s of a matrix product measured for half a second just now");

        void Row(string name, string value) => output.WriteLine($"{name,-18} {value}");
    }
}
