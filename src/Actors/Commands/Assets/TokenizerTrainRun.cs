using System.Text.Json;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Data;
using Starling.Model.Images;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Commands.Assets;

/// <summary><c>starling tokenizer train</c>.</summary>
internal static class TokenizerTrainRun
{
    private const int LogEverySteps = 50;

    /// <summary>Trains, then writes the file.</summary>
    /// <exception cref="StarlingException">The configuration is wrong, or the file cannot be written.</exception>
    public static int Run(string path, string[] overrides, CommandContext context, CancellationToken cancellationToken)
    {
        string text = ConfigurationFiles.ReadText(ConfigurationFiles.Find(path));
        TokenizerRunOptions options =
            OptionsReader<TokenizerRunOptions>.Parse(text, path, overrides, TokenizerRunOptions.Rules);
        long steps = options.Tokenizer.Steps;
        LibTorch.Initialize();
        OutputFile.Prepare(options.Output);
        IPerceptualLoss? perceptual = PerceptualNetworks.Load(options.PerceptualNetwork);
        IEnumerable<PixelBatch> batches = TrainingImages
            .Batches(options.Data, options.Tokenizer.Batch, options.Tokenizer.Seed).Select(b => b.Images);
        using TokenizerTrainer trainer = TokenizerTraining.Run(
            options.Tokenizer, batches, perceptual, Report, cancellationToken);
        OutputFile.Write(options.Output, file => trainer.Save(file, new Dictionary<string, string>
        {
            ["command"] = $"starling tokenizer train --config {path}",
            ["configuration"] = JsonSerializer.Serialize(options, OptionsJson.Compact),
        }));
        context.Out.WriteLine(FormattableString.Invariant($"{options.Output}: {trainer.StepsDone} of {steps} steps"));
        return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Success;

        void Report(TokenizerMetrics m)
        {
            if ((m.Step + 1) % LogEverySteps != 0 && m.Step + 1 != steps) return;
            context.Out.WriteLine(FormattableString.Invariant($"step {m.Step + 1}/{steps}  psnr {m.Psnr:0.00} dB") +
                $"  absolute {Display.Number(m.AbsoluteError)}  perceptual {Display.Number(m.Perceptual)}" +
                $"  vq {Display.Number(m.Vq)}  generator {Display.Number(m.Generator)}" +
                $"  discriminator {Display.Number(m.Discriminator)}  codes used {Display.Percent(m.CodeUsage)}");
        }
    }
}
