using System.Globalization;
using Starling.Model.Optimizers;
using Starling.Model.Parameters;
using Starling.Model.Replicas;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using Starling.Model.Training;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Training;

/// <summary>
/// Compares a whole ST-AR step with the reference in plain PyTorch: losses, gradients, and all weights after it.
/// </summary>
[Trait("Category", "Golden")]
public class StarStepGoldenTests
{
    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Losses_equal_the_reference_for_every_number_of_student_views_and_both_kinds_of_positions(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "star_step");
        foreach (var file in golden.Under("losses.views").GroupBy(l => l.Key[..l.Key.LastIndexOf('.')]))
        {
            string[] kind = file.Key.Split('.');
            MimPositions positions = kind[1] switch
            {
                "all" => MimPositions.All,
                "masked" => MimPositions.MaskedOnly,
                _ => throw new ArgumentException($"losses.views{file.Key}: which positions are those?"),
            };
            int studentViews = int.Parse(kind[0], CultureInfo.InvariantCulture);
            LossParts l = Run(golden, studentViews, positions, out TrainingState state).Losses;
            state.Dispose();
            Dictionary<string, double> parts = new()
            {
                ["ar"] = l.AutoRegressive,
                ["mim"] = l.MaskedAttention,
                ["step"] = l.ContrastStep,
                ["view"] = l.ContrastView,
                ["total"] = l.Total,
            };
            Assert.Equal(parts.Keys.Order(), file.Select(loss => loss.Key[(file.Key.Length + 1)..]).Order());
            foreach ((string part, double value) in parts)
            {
                double expected = golden[$"losses.views{file.Key}.{part}"].item<float>();
                Assert.True(Math.Abs(expected - value) <= 1e-5 * Math.Abs(expected),
                    $"{part} of views{file.Key}: {value} for {expected}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Gradients_and_the_updated_networks_equal_the_reference(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "star_step");
        StepResult result = Run(
            golden, golden.Int("student_views_of_grads"), MimPositions.All, out TrainingState state);
        using (state)
        {
            double norm = golden["outputs.grad_norm"].item<float>();
            Assert.Equal(norm, result.GradientNorm, 1e-5 * norm);
            // With one replica, the networks' own gradients are the sum before clipping.
            AssertGradients(golden, "student.", state.Student.Weights);
            AssertGradients(golden, "projector.", state.Projector!.Weights);
            AssertWeights(golden, "student.", state.Student.Weights);
            AssertWeights(golden, "projector.", state.Projector!.Weights);
            AssertWeights(golden, "teacher.", state.Teacher);
        }
    }

    private static void AssertGradients(Golden golden, string network, ParameterStore store)
    {
        Dictionary<string, Tensor> expected = golden.Under("grads." + network);
        Assert.Equal(expected.Keys.Order(), store.Layout.Parameters.Select(p => p.Name).Order());
        foreach ((string name, Tensor value) in expected)
            Golden.AssertClose(value, store[name].grad!, 1e-5, $"gradient of {network}{name}");
    }

    private static void AssertWeights(Golden golden, string network, ParameterStore store)
    {
        Dictionary<string, Tensor> expected = golden.Under("after." + network);
        Assert.Equal(expected.Keys.Order(), store.Layout.Parameters.Select(p => p.Name).Order());
        foreach ((string name, Tensor value) in expected)
            Golden.AssertUpdated(value, store[name], golden.Number("lr"), $"after.{network}{name}");
    }

    private static StepResult Run(Golden golden, int studentViews, MimPositions positions, out TrainingState state)
    {
        Tensor tokens = golden["inputs.tokens"]; // [B, M, T]
        int images = (int)tokens.shape[0];
        GptShape shape = new(golden.Int("dim"), golden.Int("layers"), golden.Int("heads"), golden.Int("vocab"),
            golden.Int("tokens"), golden.Int("classes"))
        { FfnMultiple = golden.Int("ffn_multiple_of") };
        TrainStepOptions options = new(
            Seed: 0,
            new ModelOptions { TokenDropout = 0, ResidualDropout = 0, FfnDropout = 0 },
            new SelfGuidedOptions
            {
                Alpha = golden.Number("alpha"),
                Beta = golden.Number("beta"),
                Temperature = golden.Number("temperature"),
                Depth = golden.Int("tap"),
                Views = (int)tokens.shape[1],
                StudentViews = studentViews,
                MimPositions = positions,
                ProjectorHidden = golden.Int("projector_hidden"),
                EmaDecay = golden.Number("ema_decay"),
            },
            new OptimizerOptions { LearningRate = golden.Number("lr"), Clip = golden.Number("clip") },
            new TrainingOptions { GlobalBatch = images, Replicas = 1, Precision = Precision.Float32 });
        state = TrainingState.Allocate(shape, options.SelfGuided, CPU);
        state.Student.Weights.Load(golden.Under("student."), "student");
        state.Teacher.Load(golden.Under("teacher."), "teacher");
        state.Projector!.Weights.Load(golden.Under("projector."), "projector");
        using WorkerThreads workers = new(1);
        using TrainStep step = new(state, options, new LocalExchange(1), workers,
            _ => new GivenDraws(golden["inputs.masked_keys"], golden["inputs.steps"]));
        int[] labels = [.. golden["inputs.labels"].data<long>().ToArray().Select(l => (int)l)];
        return step.Run([new ReplicaTokens(0, tokens, labels)], new PhaseClock(TimeProvider.System));
    }
}
