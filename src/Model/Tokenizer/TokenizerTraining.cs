using Starling.Model.Images;

namespace Starling.Model.Tokenizer;

/// <summary>Runs a whole tokenizer training on the calling thread.</summary>
public static class TokenizerTraining
{
    /// <summary>
    /// Trains for <see cref="TokenizerTrainingOptions.Steps"/> steps, or until the batches end or
    /// <paramref name="cancellation"/> asks to stop.
    /// </summary>
    /// <returns>The trainer with the trained weights, to be saved and disposed by the caller.</returns>
    public static TokenizerTrainer Run(TokenizerTrainingOptions options, IEnumerable<PixelBatch> batches,
        IPerceptualLoss? perceptual, Action<TokenizerMetrics> report, CancellationToken cancellation = default)
    {
        TokenizerTrainer trainer = new(options, perceptual);
        try
        {
            foreach (PixelBatch batch in batches)
            {
                if (trainer.StepsDone >= options.Steps || cancellation.IsCancellationRequested) break;
                report(trainer.Step(batch));
            }
            return trainer;
        }
        catch
        {
            trainer.Dispose();
            throw;
        }
    }
}
