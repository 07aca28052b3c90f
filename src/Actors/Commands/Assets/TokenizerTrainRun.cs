using Starling.Actors.Reporting;
using Starling.Data;
using Starling.Model.Images;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static System.FormattableString;

namespace Starling.Actors.Commands.Assets;

/// <summary>Runs <c>starling tokenizer train</c>.</summary>
internal static class TokenizerTrainRun
{
    /// <summary>Trains a tokenizer and writes its file.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="StarlingException">The configuration is wrong, or the file cannot be written.</exception>
    public static int Run(string path, string[] overrides, CommandContext context, CancellationToken cancellationToken)
    {
        NetworkTrainRun<TokenizerRunOptions> run = new(
            "starling tokenizer train", path, overrides, TokenizerRunOptions.Rules, context, cancellationToken);
        TokenizerRunOptions options = run.Options;
        LibTorch.Initialize();
        OutputFile.Prepare(options.Output);
        using TokenizerTrainer trainer = new(options.Tokenizer, PerceptualNetworks.Load(options.PerceptualNetwork));
        IEnumerable<PixelBatch> batches = TrainingImages
            .Batches(options.Data, options.Tokenizer.Batch, options.Tokenizer.Seed).Select(b => b.Images);
        run.Train(trainer, options.Tokenizer.Steps, batches, m => Invariant($"psnr {m.Psnr:0.00} dB") +
            $"  absolute {Display.Number(m.AbsoluteError)}  perceptual {Display.Number(m.Perceptual)}" +
            $"  vq {Display.Number(m.Vq)}  generator {Display.Number(m.Generator)}" +
            $"  discriminator {Display.Number(m.Discriminator)}  codes used {Display.Percent(m.CodeUsage)}");
        return run.Write(options.Output, trainer.Save,
            Invariant($"{trainer.StepsDone} of {options.Tokenizer.Steps} steps"));
    }
}
