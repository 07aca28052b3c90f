using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Evaluation;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Evaluation;

public class FeatureStatisticsTests
{
    [Fact]
    public void Batches_and_merges_give_what_all_features_at_once_give()
    {
        using var scope = NewDisposeScope();
        Tensor features = Features(1, 100, 7).PlusScalar(1000); // A large mean would spoil sums of squares.
        using FeatureStatistics all = FeatureStatistics.Of(features), batched = new(7), second = new(7);
        batched.Add(features.narrow(0, 0, 1));
        batched.Add(features.narrow(0, 1, 30));
        second.Add(features.narrow(0, 31, 69));
        second.Add(zeros(0, 7));
        batched.Merge(second);
        batched.Merge(new FeatureStatistics(7));
        Assert.Equal(100, batched.Count);
        Golden.AssertClose(all.Mean(), batched.Mean(), 1e-14, "mean");
        Golden.AssertClose(all.Covariance(), batched.Covariance(), 1e-12, "covariance");
    }

    [Fact]
    public void Shifted_normals_are_as_far_apart_as_their_means()
    {
        using var scope = NewDisposeScope();
        Tensor features = Features(2, 50, 5);
        using FeatureStatistics a = FeatureStatistics.Of(features), b = FeatureStatistics.Of(features.PlusScalar(2));
        Assert.Equal(5 * 4, FrechetDistance.Between(a, b), 1e-4);
    }

    [Fact]
    public void Scaled_normals_are_as_far_apart_as_the_closed_form_says()
    {
        using var scope = NewDisposeScope();
        Tensor features = Features(3, 50, 5), centered = features - features.mean([0]);
        using FeatureStatistics a = FeatureStatistics.Of(centered), b = FeatureStatistics.Of(centered.Times(3));
        // Tr(S + 9S − 2·3S) = 4 Tr S
        Assert.Equal(4 * a.Covariance().trace().item<double>(), FrechetDistance.Between(a, b), 1e-4);
    }

    [Fact]
    public void Two_images_and_constant_features_have_a_distance()
    {
        using var scope = NewDisposeScope();
        using FeatureStatistics two = FeatureStatistics.Of(Features(4, 2, 40));
        using FeatureStatistics many = FeatureStatistics.Of(Features(5, 90, 40));
        using FeatureStatistics constant = FeatureStatistics.Of(ones(10, 40));
        Assert.Equal(0, FrechetDistance.Between(two, two), 1e-9);
        Assert.Equal(0, FrechetDistance.Between(constant, constant), 1e-9);
        Assert.True(double.IsFinite(FrechetDistance.Between(two, many)));
        Assert.Equal(FrechetDistance.Between(constant, many),
            many.Covariance().trace().item<double>() + (many.Mean() - 1).square().sum().item<double>(), 1e-9);
    }

    [Fact]
    public void Features_that_are_not_numbers_and_single_images_are_refused()
    {
        using var scope = NewDisposeScope();
        Tensor features = ones(3, 2);
        features[1, 1] = float.NaN;
        Assert.Contains("finite", Assert.Throws<StarlingException>(() => FeatureStatistics.Of(features)).Message);
        using FeatureStatistics one = FeatureStatistics.Of(ones(1, 2));
        StarlingException error = Assert.Throws<StarlingException>(() => FrechetDistance.Between(one, one));
        Assert.Contains("at least 2", error.Message);
    }

    private static Tensor Features(long key, long count, long dimensions)
    {
        Tensor features = zeros(count, dimensions);
        TensorRandom.Normal_(features, 1, seed: 9, RandomPurpose.Probe, key);
        return features;
    }
}
