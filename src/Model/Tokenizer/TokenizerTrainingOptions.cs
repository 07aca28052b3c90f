using System.ComponentModel.DataAnnotations;
using Starling.Model.Optimizers;

namespace Starling.Model.Tokenizer;

/// <summary>
/// How a tokenizer is trained. The defaults are LlamaGen's (tokenizer/tokenizer_image/vq_train.py). The result is a
/// pure function of these options, the batches and the perceptual loss. It depends on
/// <see cref="NetworkTrainingOptions.Threads"/> too, because libtorch sums the weight gradients of convolutions by
/// thread.
/// </summary>
public sealed record TokenizerTrainingOptions : NetworkTrainingOptions
{
    /// <summary>Sets the defaults.</summary>
    public TokenizerTrainingOptions() => (Steps, Batch, LearningRate) = (400_000, 128, 1e-4);

    /// <summary>Size of the VQ model.</summary>
    [Required]
    public VqShape Shape { get; init; } = VqShape.Vq16;

    /// <summary>Whether the learning rate falls to 0 along half a cosine; LlamaGen keeps it constant.</summary>
    public bool CosineDecay { get; init; }

    /// <summary>
    /// Step at which the cosine reaches 0; 0 for the last step. If it lies beyond the last step, the training ends
    /// before the learning rate is 0.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long DecaySteps { get; init; }

    /// <summary>Decay of the first moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Weight of the mean squared error of pixels in [−1, 1].</summary>
    [Range(0.0, 1e6)]
    public double SquaredWeight { get; init; } = 1.0;

    /// <summary>
    /// Weight of the mean absolute error of pixels. It keeps edges sharper; LlamaGen does not use it.
    /// </summary>
    [Range(0.0, 1e6)]
    public double AbsoluteWeight { get; init; }

    /// <summary>Weight of the perceptual distance, if there is a perceptual loss.</summary>
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

    /// <summary>
    /// Number of steps after which an unused code is replaced by a random latent of the batch; 0 for never.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long ReviveAfter { get; init; }

    /// <summary>
    /// Step from which no code is replaced any more, so that the codebook can settle; 0 for no end.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long ReviveUntil { get; init; }

    /// <summary>
    /// Decay of a running average of the weights, which is saved instead of the weights; 0 for no average.
    /// </summary>
    [Range(0.0, 0.9999999)]
    public double EmaDecay { get; init; }

    /// <inheritdoc/>
    public override LearningRateSchedule Schedule() => ScheduleWith(
        CosineDecay ? LearningRateDecay.Cosine : LearningRateDecay.None, DecaySteps > 0 ? DecaySteps : Steps);
}
