using System.ComponentModel.DataAnnotations;
using Starling.Model.Tensors;

namespace Starling.Model.Tokenizer;

/// <summary>
/// How a tokenizer is trained. The defaults are LlamaGen's (tokenizer/tokenizer_image/vq_train.py). The result is a
/// pure function of these options, the batches and the perceptual loss; <see cref="Threads"/> is part of them, since
/// the convolutions' weight gradients are summed by thread.
/// </summary>
public sealed record TokenizerTrainingOptions
{
    /// <summary>Size of the VQ model.</summary>
    [Required]
    public VqShape Shape { get; init; } = VqShape.Vq16;

    /// <summary>Seed of initial weights and of every draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>Optimizer steps.</summary>
    [Range(1L, long.MaxValue)]
    public long Steps { get; init; } = 400_000;

    /// <summary>Images of a step.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 128;

    /// <summary>Learning rate of both networks.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Steps over which the learning rate grows linearly from 0.</summary>
    [Range(0L, long.MaxValue)]
    public long WarmupSteps { get; init; }

    /// <summary>Whether the learning rate falls to 0 along half a cosine; LlamaGen keeps it constant.</summary>
    public bool CosineDecay { get; init; }

    /// <summary>Step at which the cosine reaches 0; 0 for the last. A later one ends the training on the way.</summary>
    [Range(0L, long.MaxValue)]
    public long DecaySteps { get; init; }

    /// <summary>Decay of the first moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Largest gradient norm of each network; 0 for no clipping.</summary>
    [Range(0.0, 1e9)]
    public double Clip { get; init; } = 1.0;

    /// <summary>Weight of the mean squared error of pixels in [−1, 1].</summary>
    [Range(0.0, 1e6)]
    public double SquaredWeight { get; init; } = 1.0;

    /// <summary>Weight of the mean absolute error of pixels, which keeps edges sharper; LlamaGen uses none.</summary>
    [Range(0.0, 1e6)]
    public double AbsoluteWeight { get; init; }

    /// <summary>Weight of the perceptual distance, where a perceptual loss is given.</summary>
    [Range(0.0, 1e6)]
    public double PerceptualWeight { get; init; } = 1.0;

    /// <summary>Weight of the codebook and commitment losses.</summary>
    [Range(0.0, 1e6)]
    public double CodebookWeight { get; init; } = 1.0;

    /// <summary>First step of the discriminator and of the generator's adversarial loss.</summary>
    [Range(0L, long.MaxValue)]
    public long DiscriminatorStart { get; init; } = 20_000;

    /// <summary>Weight of the generator's adversarial loss.</summary>
    [Range(0.0, 1e6)]
    public double GeneratorWeight { get; init; } = 0.5;

    /// <summary>Weight of the discriminator's hinge loss.</summary>
    [Range(0.0, 1e6)]
    public double DiscriminatorWeight { get; init; } = 0.5;

    /// <summary>Channels of the discriminator's first convolution.</summary>
    [Range(1, 1024)]
    public int DiscriminatorWidth { get; init; } = 64;

    /// <summary>A code unused for so many steps is replaced by a random latent of the batch; 0 for never.</summary>
    [Range(0L, long.MaxValue)]
    public long ReviveAfter { get; init; }

    /// <summary>Last step of such replacements, so that the codebook can settle; 0 for no end.</summary>
    [Range(0L, long.MaxValue)]
    public long ReviveUntil { get; init; }

    /// <summary>Decay of the averaged weights that are saved; 0 saves the trained ones.</summary>
    [Range(0.0, 0.9999999)]
    public double EmaDecay { get; init; }

    /// <summary>Arithmetic of the networks; weights, quantiser and losses are always float32.</summary>
    public Precision Precision { get; init; } = Precision.BFloat16;

    /// <summary>Compute threads.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = 1;

    /// <summary>The learning rate of a step, counted from 0.</summary>
    public double LearningRateAt(long step)
    {
        if (step < WarmupSteps) return LearningRate * (step + 1) / WarmupSteps;
        if (!CosineDecay) return LearningRate;
        long end = DecaySteps > 0 ? DecaySteps : Steps;
        double done = (step - WarmupSteps) / (double)Math.Max(1, end - WarmupSteps);
        return LearningRate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, done)));
    }
}
