using System.Globalization;
using Starling.Model.Evaluation;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Evaluation;

/// <summary>Compares distances and scores with numpy's and scipy's to 1e-6, in float64.</summary>
[Trait("Category", "Golden")]
public class MetricsGoldenTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Mean_and_covariance(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "metrics");
        using FeatureStatistics statistics = FeatureStatistics.Of(golden["ref"]);
        Golden.AssertClose(golden["mu_ref"], statistics.Mean(), Tolerance, "mean");
        Golden.AssertClose(golden["sigma_ref"], statistics.Covariance(), Tolerance, "covariance");
    }

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Frechet_distances_also_with_fewer_samples_than_dimensions_and_of_a_set_to_itself(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "metrics");
        foreach ((string name, Tensor value) in golden.Under("fid_"))
        {
            string[] sets = name.Split('_');
            using FeatureStatistics a = FeatureStatistics.Of(golden[sets[0]]);
            using FeatureStatistics b = FeatureStatistics.Of(golden[sets[1]]);
            // The error is relative to the traces whose difference the distance is, because a distance may be 0.
            double size = a.Covariance().trace().item<double>();
            double expected = value.item<double>(), tolerance = Tolerance * Math.Max(Math.Abs(expected), size);
            Assert.Equal(expected, FrechetDistance.Between(a, b), tolerance);
            Assert.Equal(expected, FrechetDistance.Between(b, a), tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Inception_scores(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "metrics");
        foreach ((string split, Tensor value) in golden.Under("inception_score_split"))
        {
            double expected = value.item<double>();
            int size = int.Parse(split, CultureInfo.InvariantCulture);
            Assert.Equal(expected, InceptionScore.Of(golden["logits"], size), Tolerance * expected);
        }
    }

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Precision_and_recall(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "metrics");
        foreach ((string neighbors, Tensor value) in golden.Under("precision_recall_k"))
        {
            int count = int.Parse(neighbors, CultureInfo.InvariantCulture);
            PrecisionRecall found = PrecisionRecall.Between(golden["ref"], golden["gen"], count);
            Assert.Equal(value[0].item<double>(), found.Precision, Tolerance);
            Assert.Equal(value[1].item<double>(), found.Recall, Tolerance);
        }
    }
}
