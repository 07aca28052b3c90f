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

/// <summary>Runs <c>starling features train</c>.</summary>
internal static class FeatureTrainRun
{
    /// <summary>Trains a classifier, measures its accuracy on held-out images and writes its file.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="StarlingException">The configuration is wrong, or the file cannot be written.</exception>
    public static int Run(string path, string[] overrides, CommandContext context, CancellationToken cancellationToken)
    {
        NetworkTrainRun<FeatureRunOptions> run = new(
            "starling features train", path, overrides, [], context, cancellationToken);
        FeatureRunOptions options = run.Options;
        ClassifierTrainingOptions classifier = options.Classifier;
        ShardIndex index = ShardIndex.Open(DataFiles.Resolve(options.Data.Files));
        if (index.ClassNames.Count != classifier.Shape.Classes)
            throw new StarlingException($"{path}: classifier.shape.classes = {classifier.Shape.Classes}: " +
                $"the data has {index.ClassNames.Count}");
        LibTorch.Initialize();
        OutputFile.Prepare(options.Output);

        using var trainer = new ImageClassifierTrainer(classifier);
        IEnumerable<LabelledBatch> batches = TrainingImages.Batches(options.Data, classifier.Batch, classifier.Seed)
            .Select(b => new LabelledBatch(b.Images, b.Labels));
        run.Train(trainer, classifier.Steps, batches, m => $"loss {Display.Number(m.Loss)}" +
            $"  accuracy {Display.Percent(m.Accuracy)}  lr {Display.Number(m.LearningRate)}");
        double accuracy = trainer.Accuracy(HeldOut(index, options.Data, classifier.Batch));
        return run.Write(options.Output, trainer.Network.Save,
            $"accuracy on held-out images {Display.Percent(accuracy)}",
            ("held_out_accuracy", Display.Number(accuracy)));
    }

    private static IEnumerable<LabelledBatch> HeldOut(ShardIndex index, TrainingImagesOptions data, int batch) =>
        new ImageReader(new SampleSplit(index, Split.Validation, data.HoldOut), data.ImageSize).ReadAll()
            .Chunk(batch)
            .Select(images => new LabelledBatch(
                new PixelBatch(images.SelectMany(p => p.Pixels).ToArray(), images.Length, data.ImageSize),
                [.. images.Select(p => p.Label)]));
}
