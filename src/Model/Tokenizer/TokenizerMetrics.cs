namespace Starling.Model.Tokenizer;

/// <summary>What one training step of a tokenizer measured. The losses are not weighted.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="SquaredError">Mean squared error of pixels in [−1, 1].</param>
/// <param name="AbsoluteError">Mean absolute error of pixels in [−1, 1].</param>
/// <param name="Perceptual">Perceptual distance; 0 without a perceptual loss.</param>
/// <param name="Vq">Codebook loss.</param>
/// <param name="Commit">Commitment loss, with its factor 0.25.</param>
/// <param name="Generator">Minus the mean of the discriminator's output; 0 before the discriminator starts.</param>
/// <param name="Discriminator">Hinge loss; 0 before the discriminator starts.</param>
/// <param name="GradientNorm">
/// Norm of the VQ model's gradient before clipping; not finite if the step was skipped.
/// </param>
/// <param name="CodeUsage">Share of the codes used in the last <see cref="CodebookUsage.Window"/> steps.</param>
/// <param name="Revived">Codes replaced in this step because they were unused.</param>
public sealed record TokenizerMetrics(
    long Step, double LearningRate, double SquaredError, double AbsoluteError, double Perceptual, double Vq,
    double Commit, double Generator, double Discriminator, double GradientNorm, double CodeUsage, int Revived)
{
    /// <summary>Peak signal-to-noise ratio in decibels, from the mean squared error of the batch.</summary>
    public double Psnr => 10 * Math.Log10(4 / Math.Max(SquaredError, 1e-12));
}
