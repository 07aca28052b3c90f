using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Features;
using Starling.Model.Images;
using Starling.Model.Optimizers;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Features;

public sealed class ImageClassifierTests : IDisposable
{
    private static readonly ClassifierTrainingOptions Options = new()
    {
        Name = "tiny-classifier-v1",
        Shape = new ClassifierShape { Widths = [8, 16], Classes = 3, NormGroups = 4 },
        Seed = 2,
        Steps = 40,
        WarmupSteps = 5,
        LearningRate = 5e-3,
        Precision = Precision.Float32,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("starling-classifier-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_learns_to_tell_colours_apart_the_same_way_every_time()
    {
        using ImageClassifierTrainer trainer = new(Options), again = new(Options);
        Assert.InRange(trainer.Accuracy([Batch(-1)]), 0, 0.7);
        List<ClassifierMetrics> metrics = [], repeated = [];
        trainer.Run(Options.Steps, Batches(), metrics.Add);
        again.Run(Options.Steps, Batches(), repeated.Add);
        Assert.Equal(metrics, repeated);
        Assert.Equal(40, trainer.StepsDone);
        Assert.True(trainer.Accuracy([Batch(-1), Batch(-2)]) > 0.95);
        Assert.True(metrics[^1].Loss < metrics[0].Loss);
    }

    [Fact]
    public void Features_survive_the_file_and_name_their_network()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(_folder, "classifier.safetensors");
        using ImageClassifierTrainer trainer = new(Options);
        trainer.Network.Save(path, new Dictionary<string, string> { ["accuracy"] = "0.5" });
        using ImageClassifier loaded = ImageClassifier.Load(path);
        Tensor images_B3HW = ImageTensors.FromBytes(Batch(0).Images.Pixels.Span, 12, 8, 8);
        Tensor expected_BD = trainer.Network.Features(images_B3HW), features_BD = loaded.Features(images_B3HW);
        Assert.Equal([12L, 16], features_BD.shape);
        Assert.Equal((16, "tiny-classifier-v1", "0.5"), (loaded.Dimensions, loaded.Name, loaded.Metadata["accuracy"]));
        Assert.True(features_BD.allclose(expected_BD, rtol: 1e-2, atol: 1e-2)); // The file has float16 weights.
        Assert.False(features_BD.requires_grad);
    }

    [Fact]
    public void The_default_network_is_small()
    {
        Assert.InRange(new ClassifierShape().Layout().Count, 300_000, 1_000_000);
    }

    [Theory]
    [InlineData("format", "other")]
    [InlineData("widths", "[")]
    [InlineData("classes", "many")]
    public void A_file_that_is_no_classifier_is_refused(string key, string value)
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(_folder, "bad.safetensors");
        using ImageClassifierTrainer trainer = new(Options);
        trainer.Network.Save(path, new Dictionary<string, string> { [key] = value });
        Assert.Contains(path, Assert.Throws<StarlingException>(() => ImageClassifier.Load(path)).Message);
    }

    [Fact]
    public void The_feature_loss_is_zero_for_equal_images_and_has_a_gradient_for_others()
    {
        using var scope = NewDisposeScope();
        using ImageClassifierTrainer trainer = new(Options);
        FeatureLoss loss = new(trainer.Network);
        Tensor images_B3HW = ImageTensors.FromBytes(Batch(0).Images.Pixels.Span, 12, 8, 8);
        Tensor moving = images_B3HW.neg();
        Assert.Equal(0f, loss.Distance(images_B3HW, images_B3HW).item<float>());
        moving.requires_grad = true;
        Tensor distance = loss.Distance(moving, images_B3HW);
        distance.backward();
        Assert.True(distance.item<float>() > 0);
        Assert.True(moving.grad!.abs().sum().item<float>() > 0);
        Assert.Contains("tiny-classifier-v1", loss.Name);
    }

    private static IEnumerable<LabelledBatch> Batches()
    {
        for (long step = 0; ; step++) yield return Batch(step);
    }

    /// <summary>Makes images whose class is their brightest channel.</summary>
    private static LabelledBatch Batch(long step)
    {
        byte[] pixels = new byte[12 * 3 * 64];
        int[] labels = new int[12];
        KeyedRandom random = KeyedRandom.For(1, RandomPurpose.FeatureTraining, step);
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = random.Below(3);
            for (int c = 0; c < 3; c++)
                pixels.AsSpan(((i * 3) + c) * 64, 64).Fill((byte)(random.Below(100) + (c == labels[i] ? 140 : 0)));
        }
        return new LabelledBatch(new PixelBatch(pixels, 12, 8), labels);
    }
}
