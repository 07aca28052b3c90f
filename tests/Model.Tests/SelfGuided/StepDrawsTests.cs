using Starling.Model.Optimizers;
using Starling.Model.SelfGuided;
using Starling.Model.Training;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.SelfGuided;

public class StepDrawsTests
{
    private const int Tokens = 36, Images = 24, Views = 2;

    [Theory]
    [InlineData(0.25, 9)]
    [InlineData(0.45, 16)]
    [InlineData(0, 0)]
    [InlineData(1, 35)] // the class token is never masked
    public void Exactly_the_share_of_a_sequence_is_masked_and_never_its_class(double ratio, int count)
    {
        StepDraws draws = Draws(new SelfGuidedOptions { MaskRatio = ratio });
        bool[][] masks = [.. Masks(draws)];
        Assert.All(masks, mask => Assert.Equal(count, mask.Count(masked => masked)));
        Assert.All(masks, mask => Assert.False(mask[0]));
        Assert.Equal(count * Images * Views, draws.CountMasked(Images, Views));
        if (count is > 0 and < 35) Assert.Equal(masks.Length, masks.Select(Key).Distinct().Count());
    }

    [Fact]
    public void Bernoulli_masks_vary_in_count_and_are_counted_exactly()
    {
        StepDraws draws = Draws(new SelfGuidedOptions { MaskRatio = 0.25, MaskCount = MaskCount.Bernoulli });
        int[] counts = [.. Masks(draws).Select(mask => mask.Count(masked => masked))];
        Assert.True(counts.Distinct().Count() > 3);
        Assert.InRange(counts.Average(), 0.2 * (Tokens - 1), 0.3 * (Tokens - 1));
        Assert.Equal(counts.Sum(), draws.CountMasked(Images, Views));
        Assert.All(Masks(draws), mask => Assert.False(mask[0]));
    }

    [Fact]
    public void Contrasted_positions_are_distinct_new_in_each_step_and_reach_everywhere()
    {
        SelfGuidedOptions four = new(), all = new() { ContrastSteps = 99 };
        int[][] steps = [.. Enumerable.Range(0, 200).Select(step => Draws(four, step).ContrastPositions())];
        Assert.All(steps, positions => Assert.Equal(4, positions.Distinct().Count()));
        Assert.Equal(Enumerable.Range(0, Tokens), steps.SelectMany(p => p).Distinct().Order());
        Assert.Equal(Tokens, Draws(all).ContrastPositions().Distinct().Count());
    }

    [Fact]
    public void Student_and_teacher_and_all_views_agree_on_which_images_lose_their_class()
    {
        using var scope = NewDisposeScope();
        TrainStepOptions options = new(1, new ModelOptions { ClassDropout = 0.5 }, new SelfGuidedOptions(),
            new OptimizerOptions(), new TrainingOptions { GlobalBatch = 2 * Images, Replicas = 2 });
        StepDraws draws = Draws(options.SelfGuided);
        const int nullClass = 7;
        foreach (int replica in (int[])[0, 1])
        {
            ReplicaTokens tokens = new(replica, zeros(Images, Views, Tokens, ScalarType.Int64), new int[Images]);
            long[] student = Labels(tokens, 0, Images, 1), teacher = Labels(tokens, 0, Images, Views);
            Assert.Equal(student.SelectMany(label => Enumerable.Repeat(label, Views)), teacher);
            Assert.InRange(student.Count(label => label == nullClass), Images / 4, 3 * Images / 4);
            Assert.All(student, label => Assert.True(label is 0 or nullClass));
            // The draws do not depend on the division into micro-batches either.
            Assert.Equal(student, Labels(tokens, 0, 5, 1).Concat(Labels(tokens, 5, Images - 5, 1)));
        }

        long[] Labels(ReplicaTokens tokens, int first, int count, int views) =>
            SequenceBatch.Of(tokens, first, count, views, options, draws, nullClass).Labels_N.data<long>().ToArray();
    }

    private static StepDraws Draws(SelfGuidedOptions options, long step = 3) => new(1, step, Tokens, options);

    private static IEnumerable<bool[]> Masks(StepDraws draws)
    {
        for (int image = 0; image < Images; image++)
            for (int view = 0; view < Views; view++)
            {
                bool[] mask = [.. Enumerable.Repeat(true, Tokens)]; // as left by another sequence
                draws.MaskKeys(image, view, mask);
                yield return mask;
            }
    }

    private static string Key(bool[] mask) => string.Concat(mask.Select(masked => masked ? '1' : '0'));
}
