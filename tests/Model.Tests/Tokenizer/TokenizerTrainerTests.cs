using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Images;
using Starling.Model.Optimizers;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tokenizer;

public class TokenizerTrainerTests
{
    private static readonly TokenizerTrainingOptions Options = new()
    {
        Shape = VqModelTests.Tiny,
        Seed = 3,
        Steps = 6,
        LearningRate = 2e-3,
        DiscriminatorStart = 3,
        DiscriminatorWidth = 8,
        ReviveAfter = 2,
        EmaDecay = 0.9,
        Precision = Precision.Float32,
    };

    [Fact]
    public void The_same_options_and_batches_give_the_same_bits()
    {
        (TokenizerMetrics[] metrics, string fingerprint) = Train(Options);
        (TokenizerMetrics[] repeated, string again) = Train(Options);
        Assert.Equal(fingerprint, again);
        Assert.Equal(metrics, repeated);
        Assert.NotEqual(fingerprint, Train(Options with { Seed = 4 }).Fingerprint);
    }

    [Fact]
    public void Reconstruction_improves_and_the_discriminator_joins_at_its_step()
    {
        TokenizerMetrics[] metrics = Overfit(Options with { Steps = 40, DiscriminatorStart = 38, ReviveAfter = 0 });
        Assert.Equal(40, metrics.Length);
        Assert.True(metrics[37].SquaredError < 0.5 * metrics[0].SquaredError);
        Assert.All(metrics[..38], m => Assert.Equal((0, 0), (m.Discriminator, m.Generator)));
        Assert.All(metrics[38..], m => Assert.NotEqual(0, m.Discriminator));
        Assert.All(metrics, m => Assert.True(double.IsFinite(m.GradientNorm)));
    }

    [Fact]
    public void Unused_codes_come_back_to_life_where_latents_are()
    {
        (TokenizerMetrics[] without, _) = Train(Options with { ReviveAfter = 0, Steps = 5 });
        (TokenizerMetrics[] with, _) = Train(Options with { ReviveAfter = 2, Steps = 5 });
        Assert.All(without, m => Assert.Equal(0, m.Revived));
        Assert.Equal(0, with[0].Revived);
        Assert.True(with[1].Revived > 0);
        (TokenizerMetrics[] ended, _) = Train(Options with { ReviveAfter = 2, ReviveUntil = 1, Steps = 5 });
        Assert.All(ended, m => Assert.Equal(0, m.Revived));
    }

    [Fact]
    public void The_saved_average_lags_behind_the_trained_weights()
    {
        using TokenizerTrainer plain = Run(Options with { EmaDecay = 0 }), averaged = Run(Options);
        using VqTokenizer last = plain.ToTokenizer(), mean = averaged.ToTokenizer();
        Assert.NotEqual(last.Fingerprint, mean.Fingerprint);
    }

    [Fact]
    public void Training_in_bfloat16_learns_too()
    {
        TokenizerMetrics[] metrics = Overfit(Options with
        {
            Steps = 40,
            DiscriminatorStart = 40,
            ReviveAfter = 0,
            Precision = Precision.BFloat16,
        });
        Assert.True(metrics[^1].SquaredError < 0.5 * metrics[0].SquaredError);
    }

    [Fact]
    public void A_perceptual_loss_takes_part_with_its_weight()
    {
        CountingLoss loss = new();
        using TokenizerTrainer trainer = new(Options, loss);
        Assert.Equal(7, trainer.Step(Batch(0)).Perceptual, 3);
        using TokenizerTrainer ignoring = new(Options with { PerceptualWeight = 0 }, loss);
        ignoring.Step(Batch(0));
        Assert.Equal(1, loss.Calls);
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(9, 1.0)]
    [InlineData(60, 0.5)]
    [InlineData(110, 0.0)]
    public void The_learning_rate_warms_up_and_falls_along_a_cosine(long step, double expected)
    {
        TokenizerTrainingOptions options = new()
        {
            LearningRate = 1,
            WarmupSteps = 10,
            Steps = 110,
            CosineDecay = true,
        };
        Assert.Equal(expected, options.Schedule().At(step), 9);
        if (step >= 10) Assert.Equal(1, (options with { CosineDecay = false }).Schedule().At(step));
        Assert.Equal(expected, (options with { Steps = 70, DecaySteps = 110 }).Schedule().At(step), 9);
    }

    [Fact]
    public void Images_too_small_for_the_discriminator_are_refused_when_it_starts()
    {
        using TokenizerTrainer trainer = new(Options with { DiscriminatorStart = 1 });
        trainer.Step(Batch(0, size: 16));
        StarlingException error = Assert.Throws<StarlingException>(() => trainer.Step(Batch(1, size: 16)));
        Assert.Contains("at least 24", error.Message);
    }

    [Fact]
    public void Cancelling_ends_the_run_after_the_step()
    {
        using CancellationTokenSource source = new();
        using TokenizerTrainer trainer = new(Options);
        trainer.Run(Options.Steps, Batches(), _ => source.Cancel(), source.Token);
        Assert.Equal(1, trainer.StepsDone);
    }

    private static (TokenizerMetrics[] Metrics, string Fingerprint) Train(TokenizerTrainingOptions options)
    {
        List<TokenizerMetrics> metrics = [];
        using TokenizerTrainer trainer = new(options);
        trainer.Run(options.Steps, Batches(), metrics.Add);
        using VqTokenizer tokenizer = trainer.ToTokenizer();
        return ([.. metrics], tokenizer.Fingerprint);
    }

    private static TokenizerMetrics[] Overfit(TokenizerTrainingOptions options)
    {
        List<TokenizerMetrics> metrics = [];
        IEnumerable<PixelBatch> sameBatch = Enumerable.Repeat(Batch(0), (int)options.Steps);
        using TokenizerTrainer trainer = new(options);
        trainer.Run(options.Steps, sameBatch, metrics.Add);
        return [.. metrics];
    }

    private static TokenizerTrainer Run(TokenizerTrainingOptions options)
    {
        TokenizerTrainer trainer = new(options);
        trainer.Run(options.Steps, Batches(), _ => { });
        return trainer;
    }

    private static IEnumerable<PixelBatch> Batches()
    {
        for (long step = 0; ; step++) yield return Batch(step);
    }

    /// <summary>Makes four images of one color each.</summary>
    private static PixelBatch Batch(long step, int size = 24)
    {
        int area = size * size;
        byte[] pixels = new byte[4 * 3 * area];
        KeyedRandom random = KeyedRandom.For(1, RandomPurpose.TokenizerTraining, step, -7);
        for (int plane = 0; plane < 12; plane++) pixels.AsSpan(plane * area, area).Fill((byte)random.Below(256));
        return new PixelBatch(pixels, 4, size);
    }

    private sealed class CountingLoss : IPerceptualLoss
    {
        public string Name => "counting";

        public int Calls { get; private set; }

        public Tensor Distance(Tensor images_B3HW, Tensor targets_B3HW)
        {
            Calls++;
            return images_B3HW.mean().Times(0).PlusScalar(7);
        }
    }
}
