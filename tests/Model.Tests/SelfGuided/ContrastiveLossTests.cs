using Starling.Data.Randomness;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using static TorchSharp.torch;

// Shapes: B images, S student views, M views, K positions, D width.
namespace Starling.Model.Tests.SelfGuided;

/// <summary>Compares L_step and L_view with Eqs. 6 and 7, written out as sums in float64.</summary>
public class ContrastiveLossTests
{
    private const int Images = 5, Width = 6;
    private const double Temperature = 0.3;

    private static readonly long[] Labels = [0, 1, 0, 2, 0];

    [Theory]
    [InlineData(2, 2, 4, false)]
    [InlineData(1, 2, 3, false)]
    [InlineData(1, 3, 2, false)]
    [InlineData(3, 3, 2, false)]
    [InlineData(2, 2, 1, false)] // no pair of positions, so no L_step
    [InlineData(1, 1, 3, false)] // no pair of views, so no L_view
    [InlineData(2, 2, 3, true)]
    public void Sums_are_the_equations(int studentViews, int views, int positions, bool skipSameClass)
    {
        using var scope = NewDisposeScope();
        Tensor anchors_BSKD = Noise(1, Images, studentViews, positions, Width);
        Tensor keys_BMKD = Noise(2, Images, views, positions, Width).Normalized();
        ContrastiveLoss loss = new(keys_BMKD.permute(1, 2, 0, 3), tensor(Labels), Temperature, skipSameClass);
        (double step, double view) = Written(anchors_BSKD.Normalized(), keys_BMKD, skipSameClass);
        (Tensor Step, Tensor View) whole = loss.Sums(anchors_BSKD, 0);
        Assert.Equal(step, whole.Step.item<float>(), 1e-5);
        Assert.Equal(view, whole.View.item<float>(), 1e-5);
        Assert.Equal(positions > 1, step > 0);
        Assert.Equal(views > 1, view > 0);

        // The same images in two micro-batches.
        (Tensor Step, Tensor View) first = loss.Sums(anchors_BSKD.narrow(0, 0, 2), 0);
        (Tensor Step, Tensor View) second = loss.Sums(anchors_BSKD.narrow(0, 2, Images - 2), 2);
        Assert.Equal(step, first.Step.Plus(second.Step).item<float>(), 1e-5);
        Assert.Equal(view, first.View.Plus(second.View).item<float>(), 1e-5);
    }

    [Fact]
    public void Key_similarity_is_the_mean_cosine_of_different_images()
    {
        using var scope = NewDisposeScope();
        Tensor keys_MKBD = Noise(3, 2, 3, Images, Width).Normalized();
        double sum = 0;
        for (int m = 0; m < 2; m++)
            for (int k = 0; k < 3; k++)
                for (int a = 0; a < Images; a++)
                    for (int b = 0; b < Images; b++)
                        if (a != b) sum += Dot(keys_MKBD[m, k, a], keys_MKBD[m, k, b]);
        Assert.Equal(sum / (2 * 3 * Images * (Images - 1)), Of(keys_MKBD), 1e-6);
        Assert.Equal(1, Of(keys_MKBD.narrow(2, 0, 1).expand(2, 3, 4, Width)), 1e-6);
        Assert.Equal(0, Of(keys_MKBD.narrow(2, 0, 1)));

        static double Of(Tensor keys_MKBD) =>
            new ContrastiveLoss(keys_MKBD, tensor(Labels), Temperature, false).MeanKeySimilarity();
    }

    private static (double Step, double View) Written(Tensor z_BSKD, Tensor h_BMKD, bool skipSameClass)
    {
        (int students, int positions, int views) = ((int)z_BSKD.shape[1], (int)z_BSKD.shape[2], (int)h_BMKD.shape[1]);
        double step = 0, view = 0;
        for (int b = 0; b < Images; b++)
            for (int s = 0; s < students; s++)
                for (int i = 0; i < positions; i++)
                {
                    for (int j = 0; j < positions; j++)
                        if (j != i) step += Term(b, z_BSKD[b, s, i], s, j);
                    for (int m = 0; m < views; m++)
                        if (m != s) view += Term(b, z_BSKD[b, s, i], m, i);
                }
        return (step / Math.Max(1, students * positions * (positions - 1)),
            view / Math.Max(1, students * (views - 1) * positions));

        double Term(int b, Tensor anchor_D, int m, int k)
        {
            IEnumerable<int> rivals = Enumerable.Range(0, Images)
                .Where(c => c == b || !skipSameClass || Labels[c] != Labels[b]);
            double sum = rivals.Sum(c => Math.Exp(Dot(anchor_D, h_BMKD[c, m, k]) / Temperature));
            return -Math.Log(Math.Exp(Dot(anchor_D, h_BMKD[b, m, k]) / Temperature) / sum);
        }
    }

    private static double Dot(Tensor a_D, Tensor b_D) => (a_D * b_D).sum(ScalarType.Float64).item<double>();

    private static Tensor Noise(long key, params long[] shape)
    {
        Tensor noise = empty(shape);
        TensorRandom.Normal_(noise, 1, seed: 5, RandomPurpose.Probe, key);
        return noise;
    }
}
