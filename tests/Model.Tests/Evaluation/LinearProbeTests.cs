using Starling.Data.Randomness;
using Starling.Model.Evaluation;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Evaluation;

public sealed class LinearProbeTests
{
    private const int Classes = 4;
    private static readonly LinearProbeOptions Short = new() { Epochs = 20, WarmupEpochs = 2, BatchSize = 64 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Accuracy_is_high_where_features_tell_the_classes_apart_and_chance_where_they_do_not()
    {
        using var scope = NewDisposeScope();
        ProbeSet train = Clusters(1, 400, signal: [0, 0.5, 4]), test = Clusters(2, 400, signal: [0, 0.5, 4]);
        double[] accuracies = LinearProbe.Accuracies(train, test, Classes, Short, seed: 1, Cancellation);
        Assert.InRange(accuracies[0], 0.1, 0.4);
        Assert.InRange(accuracies[1], accuracies[0] + 0.05, accuracies[2] - 0.05);
        Assert.InRange(accuracies[2], 0.99, 1);
        Assert.Equal(0.25, test.ChanceLevel(), 1e-9);
    }

    [Fact]
    public void Accuracy_does_not_depend_on_the_features_scale_or_offset()
    {
        using var scope = NewDisposeScope();
        ProbeSet train = Clusters(1, 200, signal: [4]), test = Clusters(2, 200, signal: [4]);
        ProbeSet Moved(ProbeSet s) => new(s.Features.Times(1000).PlusScalar(500), s.Labels);
        double[] accuracies = LinearProbe.Accuracies(Moved(train), Moved(test), Classes, Short, seed: 1,
            Cancellation);
        Assert.InRange(accuracies[0], 0.98, 1);
    }

    [Fact]
    public void The_result_depends_on_the_seed_and_on_nothing_else()
    {
        int threads = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            float[] Run(ulong seed, int count)
            {
                set_num_threads(count);
                ProbeSet train = Clusters(1, 500, signal: [0.3, 0.3], dimensions: 384);
                LinearProbeOptions options = Short with { Epochs = 3, BatchSize = 256 };
                return [.. LinearProbe.Weights(train, Classes, options, seed).data<float>()];
            }
            float[] once = Run(seed: 1, 1);
            Assert.Equal(once, Run(seed: 1, 1));
            Assert.Equal(once, Run(seed: 1, 2));
            Assert.Equal(once, Run(seed: 1, 4));
            Assert.NotEqual(once, Run(seed: 2, 1));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void A_position_is_probed_by_itself()
    {
        using var scope = NewDisposeScope();
        ProbeSet train = Clusters(1, 100, signal: [0.5, 1]), test = Clusters(2, 100, signal: [0.5, 1]);
        ProbeSet First(ProbeSet s) => new(s.Features.narrow(1, 0, 1), s.Labels);
        double both = LinearProbe.Accuracies(train, test, Classes, Short, 1, Cancellation)[0];
        double alone = LinearProbe.Accuracies(First(train), First(test), Classes, Short, 1, Cancellation)[0];
        Assert.Equal(alone, both, 0.021); // The tolerance is two images: the initial weights differ.
    }

    [Fact]
    public void Steps_are_the_last_of_equal_parts()
    {
        Assert.Equal([32, 64, 96, 128, 160, 192, 224, 256], ProbePositions.Uniform(256));
        Assert.Equal([8, 16, 24, 32, 40, 48, 56, 64], ProbePositions.Uniform(64));
        Assert.Equal([1, 2, 3, 4], ProbePositions.Uniform(4));
    }

    [Fact]
    public void A_result_survives_json()
    {
        EvaluationResult result = new()
        {
            Step = 400,
            Weights = "teacher",
            FeatureNetwork = "emoji-classifier-v1",
            Samples = 256,
            ReferenceImages = 3035,
            FrechetDistance = 12.5,
            Probe = [new ProbeAccuracy(8, 0.25), new ProbeAccuracy(64, 0.5)],
            ChanceLevel = 0.2,
            Seconds = 3.5,
        };
        EvaluationResult read = EvaluationResult.FromJson(result.ToJson());
        Assert.Equal(result.Probe, read.Probe);
        Assert.Equal(result with { Probe = read.Probe }, read);
        Assert.Contains("\"featureNetwork\":\"emoji-classifier-v1\"", result.ToJson());
        Assert.Throws<Data.StarlingException>(() => EvaluationResult.FromJson("{\"step\":1}"));
    }

    /// <summary>
    /// Makes balanced classes around random centers. The positions differ in the strength of the signal.
    /// </summary>
    private static ProbeSet Clusters(long key, int count, double[] signal, int dimensions = 16)
    {
        Tensor labels_N = tensor([.. Enumerable.Range(0, count).Select(i => (long)i % Classes)]);
        Tensor centers_CD = zeros(Classes, dimensions);
        TensorRandom.Normal_(centers_CD, 1, seed: 5, RandomPurpose.FeatureTraining, 0);
        Tensor Position(double strength, int index)
        {
            Tensor noise_ND = zeros(count, dimensions);
            TensorRandom.Normal_(noise_ND, 1, seed: 5, RandomPurpose.FeatureTraining, key, index);
            return noise_ND.Plus(centers_CD.index_select(0, labels_N).Times(strength));
        }
        return new ProbeSet(stack([.. signal.Select(Position)], dim: 1), labels_N);
    }
}
