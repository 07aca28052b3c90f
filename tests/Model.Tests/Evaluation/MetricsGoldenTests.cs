using System.Globalization;
using Starling.Model.Evaluation;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Evaluation;

/// <summary>Distances and scores against numpy and scipy; float64, so 1e-6.</summary>
[Trait("Category", "Golden")]
public class MetricsGoldenTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Mean_and_covariance()
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open("metrics");
        using FeatureStatistics statistics = FeatureStatistics.Of(golden["ref"]);
        Golden.AssertClose(golden["mu_ref"], statistics.Mean(), Tolerance, "mean");
        Golden.AssertClose(golden["sigma_ref"], statistics.Covariance(), Tolerance, "covariance");
    }

    [Fact]
    public void Frechet_distances_also_with_fewer_samples_than_dimensions_and_of_a_set_to_itself()
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open("metrics");
        foreach (string name in golden.Names.Where(n => n.StartsWith("fid_", StringComparison.Ordinal)))
        {
            string[] sets = name.Split('_')[1..];
            using FeatureStatistics a = FeatureStatistics.Of(golden[sets[0]]);
            using FeatureStatistics b = FeatureStatistics.Of(golden[sets[1]]);
            // Relative to the traces that the distance is a difference of: that of a set to itself is 0.
            double size = a.Covariance().trace().item<double>();
            double expected = golden[name].item<double>(), tolerance = Tolerance * Math.Max(Math.Abs(expected), size);
            Assert.Equal(expected, FrechetDistance.Between(a, b), tolerance);
            Assert.Equal(expected, FrechetDistance.Between(b, a), tolerance);
        }
    }

    [Fact]
    public void Inception_scores()
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open("metrics");
        const string prefix = "inception_score_split";
        foreach (string name in golden.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            double expected = golden[name].item<double>();
            int split = int.Parse(name[prefix.Length..], CultureInfo.InvariantCulture);
            Assert.Equal(expected, InceptionScore.Of(golden["logits"], split), Tolerance * expected);
        }
    }

    [Fact]
    public void Precision_and_recall()
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open("metrics");
        const string prefix = "precision_recall_k";
        foreach (string name in golden.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            int neighbours = int.Parse(name[prefix.Length..], CultureInfo.InvariantCulture);
            PrecisionRecall found = PrecisionRecall.Between(golden["ref"], golden["gen"], neighbours);
            Assert.Equal(golden[name][0].item<double>(), found.Precision, Tolerance);
            Assert.Equal(golden[name][1].item<double>(), found.Recall, Tolerance);
        }
    }
}
