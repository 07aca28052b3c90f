using Starling.Actors.Configuration;
using Starling.Actors.Runs;
using Starling.Model.Transformer;

namespace Starling.Actors.Tests.Runs;

public sealed class TrainingCostTests
{
    private static readonly GptShape B = new(768, 12, 12, 16384, 256, 1000);

    [Fact]
    public void LlamaGen_B_has_its_published_parameters_and_work()
    {
        TrainingCost cost = Cost("selfGuided.enabled=false", "selfGuided.views=1");
        Assert.Equal(110_888_448, cost.StudentParameters);
        Assert.Equal(0, cost.ProjectorParameters);
        // The specification says 153.4 GFLOP for the forward and backward pass of an image.
        Assert.Equal(153.4e9 * 256, cost.FlopsPerStep, 0.01 * 153.4e9 * 256);
    }

    [Theory]
    [InlineData(8.0 / 3, "selfGuided.studentViews=0")]
    [InlineData(5.0 / 3, "selfGuided.studentViews=1")]
    public void Self_guidance_costs_what_the_paper_leaves_out(double expected, string views)
    {
        double plain = Cost("selfGuided.enabled=false", "selfGuided.views=1").FlopsPerStep;
        double guided = Cost(views).FlopsPerStep;
        Assert.Equal(expected, guided / plain, 0.02);
    }

    [Fact]
    public void A_checkpoint_holds_student_teacher_projector_and_moments()
    {
        TrainingCost cost = Cost();
        long trained = cost.StudentParameters + cost.ProjectorParameters;
        Assert.Equal(4 * (trained + cost.StudentParameters + 2 * trained), cost.CheckpointBytes);
        Assert.True(cost.MemoryBytes > cost.CheckpointBytes * 2);
    }

    private static TrainingCost Cost(params string[] changes) =>
        TrainingCost.Of(StarlingConfiguration.Parse("""{ "model": { "preset": "B" } }""", "x.json", changes), B);
}
