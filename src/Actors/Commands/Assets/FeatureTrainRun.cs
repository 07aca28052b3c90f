using System.Text.Json;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Model.Features;
using Starling.Model.Images;
using Starling.Model.Tensors;

namespace Starling.Actors.Commands.Assets;

/// <summary><c>starling features train</c>.</summary>
internal static class FeatureTrainRun
{
    private const int LogEverySteps = 50;

    /// <summary>Trains, measures the held-out accuracy and writes the file.</summary>
    /// <exception cref="StarlingException">The configuration is wrong, or the file cannot be written.</exception>
    public static int Run(string path, string[] overrides, CommandContext context, CancellationToken cancellationToken)
    {
        string text = ConfigurationFiles.ReadText(ConfigurationFiles.Find(path));
        FeatureRunOptions options = OptionsReader<FeatureRunOptions>.Parse(text, path, overrides, []);
        ClassifierTrainingOptions classifier = options.Classifier;
        ShardIndex index = ShardIndex.Open(DataFiles.Resolve(options.Data.Files));
        if (index.ClassNames.Count != classifier.Shape.Classes)
            throw new StarlingException($"{path}: classifier.shape.classes = {classifier.Shape.Classes}: " +
                $"the data has {index.ClassNames.Count}");
        LibTorch.Initialize();
        OutputFile.Prepare(options.Output);

        using var trainer = new ImageClassifierTrainer(classifier);
        trainer.Run(TrainingImages.Batches(options.Data, classifier.Batch, classifier.Seed)
            .Select(b => new LabelledBatch(b.Images, b.Labels)), Report, cancellationToken);
        double accuracy = trainer.Accuracy(HeldOut(index, options.Data, classifier.Batch));
        OutputFile.Write(options.Output, file => trainer.Network.Save(file, new Dictionary<string, string>
        {
            ["command"] = $"starling features train --config {path}",
            ["configuration"] = JsonSerializer.Serialize(options, OptionsJson.Compact),
            ["held_out_accuracy"] = Display.Number(accuracy),
        }));
        context.Out.WriteLine($"{options.Output}: accuracy on held-out images {Display.Percent(accuracy)}");
        return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Success;

        void Report(ClassifierMetrics m)
        {
            if ((m.Step + 1) % LogEverySteps != 0 && m.Step + 1 != classifier.Steps) return;
            context.Out.WriteLine(FormattableString.Invariant($"step {m.Step + 1}/{classifier.Steps}") +
                $"  loss {Display.Number(m.Loss)}  accuracy {Display.Percent(m.Accuracy)}" +
                $"  lr {Display.Number(m.LearningRate)}");
        }
    }

    private static IEnumerable<LabelledBatch> HeldOut(ShardIndex index, TrainingImagesOptions data, int batch) =>
        new ImageReader(new SampleSplit(index, Split.Validation, data.HoldOut), data.ImageSize).ReadAll()
            .Chunk(batch)
            .Select(images => new LabelledBatch(
                new PixelBatch(images.SelectMany(p => p.Pixels).ToArray(), images.Length, data.ImageSize),
                [.. images.Select(p => p.Label)]));
}
