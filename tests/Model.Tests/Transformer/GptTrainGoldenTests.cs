using System.Globalization;
using Starling.Model.Parameters;
using Starling.Model.Replicas;
using Starling.Model.SelfGuided;
using Starling.Model.Training;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

/// <summary>LlamaGen's recipe (AdamW, clipping) by the training step itself: the golden file gpt_train10.</summary>
[Trait("Category", "Golden")]
public class GptTrainGoldenTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Ten_steps_give_LlamaGens_losses_gradient_norms_and_weights(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "gpt_train10");
        Tensor tokens_NBT = golden["inputs.tokens"], labels_NB = golden["inputs.labels"];
        TrainStepOptions options = Options(golden, (int)tokens_NBT.shape[1]);
        using TrainingState state =
            TrainingState.Allocate(GoldenGpt.ShapeOf(golden, "start."), options.SelfGuided, CPU);
        ParameterStore weights = state.Student.Weights;
        weights.Load(golden.Under("start."), "golden file");
        using WorkerThreads workers = new(1);
        using TrainStep step = new(state, options, new LocalExchange(1), workers);
        for (int i = 0; i < tokens_NBT.shape[0]; i++)
        {
            int[] labels = [.. labels_NB[i].data<long>().Select(label => (int)label)];
            StepResult result = step.Run(
                [new ReplicaTokens(0, tokens_NBT[i].unsqueeze(1), labels)], new PhaseClock(TimeProvider.System));
            Assert.Equal(StepOutcome.Applied, result.Outcome);
            AssertNear(golden["outputs.losses"][i], result.Losses.Total, $"loss {i}");
            AssertNear(golden["outputs.grad_norms"][i], result.GradientNorm, $"norm {i}");
        }
        foreach (ParameterShape parameter in weights.Layout.Parameters)
            Golden.AssertUpdated(golden["end." + parameter.Name], weights[parameter.Name],
                options.Optimizer.LearningRate, parameter.Name);
    }

    private static TrainStepOptions Options(Golden golden, int images)
    {
        string[] parts = golden.Metadata["betas"].Split(',');
        double[] betas = [.. parts.Select(beta => double.Parse(beta, CultureInfo.InvariantCulture))];
        return new TrainStepOptions(
            Seed: 0,
            new ModelOptions { TokenDropout = 0, ResidualDropout = 0, FfnDropout = 0, ClassDropout = 0 },
            new SelfGuidedOptions { Enabled = false, Views = 1 },
            new OptimizerOptions
            {
                LearningRate = golden.Number("lr"),
                Beta1 = betas[0],
                Beta2 = betas[1],
                WeightDecay = golden.Number("weight_decay"),
                Clip = golden.Number("clip"),
            },
            new TrainingOptions { GlobalBatch = images, Replicas = 1, Precision = Precision.Float32 });
    }

    private static void AssertNear(Tensor expected, double actual, string what)
    {
        double value = expected.item<float>();
        Assert.True(Math.Abs(value - actual) <= Tolerance * Math.Abs(value), $"{what}: {actual} for {value}");
    }
}
