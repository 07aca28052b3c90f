// B: images, H, W: pixel rows and columns
using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Images;
using Starling.Model.Optimizers;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>
/// Trains a VQ model and, from a certain step on, its discriminator, one batch at a time. It follows LlamaGen's
/// vq_train.py and vq_loss.py with fixed weights of the losses, which is how LlamaGen runs them. A trainer belongs to
/// one thread.
/// </summary>
public sealed class TokenizerTrainer : INetworkTrainer<PixelBatch, TokenizerMetrics>, IDisposable
{
    private readonly TokenizerTrainingOptions _options;
    private readonly IPerceptualLoss? _perceptual;
    private readonly VqModel _model;
    private readonly PatchDiscriminator _discriminator;
    private readonly FlatAdam _optimizer, _discriminatorOptimizer;
    private readonly CodebookUsage _usage;
    private readonly Tensor? _averaged;

    /// <summary>Makes both networks from the seed of the options.</summary>
    public TokenizerTrainer(TokenizerTrainingOptions options, IPerceptualLoss? perceptual = null, Device? device = null)
    {
        LibTorch.SetThreadsOfThisThread(options.Threads);
        (_options, _perceptual) = (options, perceptual);
        ParameterStore weights = new(options.Shape.Layout(), device ?? CPU, trainable: true);
        VqInitialization.Initialize(options.Shape, weights, options.Seed);
        ParameterLayout judged = PatchDiscriminator.Layout(options.DiscriminatorWidth);
        ParameterStore judge = new(judged, device ?? CPU, trainable: true);
        PatchDiscriminator.Initialize(judge, options.Seed);
        AdamWArguments adam = new(options.LearningRate, options.Beta1, options.Beta2);
        (_model, _discriminator) = (new VqModel(options.Shape, weights), new PatchDiscriminator(judge));
        (_optimizer, _discriminatorOptimizer) = (new FlatAdam(weights, adam), new FlatAdam(judge, adam));
        _usage = new CodebookUsage(options.Shape.CodebookSize);
        if (options.EmaDecay > 0) _averaged = weights.Values.clone().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public long StepsDone { get; private set; }

    private ParameterStore Weights => _model.Weights;

    /// <summary>Makes one step of the VQ model, and of the discriminator once that has started.</summary>
    /// <exception cref="StarlingException">The images are too small for the discriminator.</exception>
    public TokenizerMetrics Step(PixelBatch batch)
    {
        using var scope = NewDisposeScope();
        long step = StepsDone;
        double learningRate = _options.Schedule().At(step);
        bool adversarial = step >= _options.DiscriminatorStart;
        if (adversarial && batch.Size < PatchDiscriminator.SmallestSide)
            throw new StarlingException($"images of {batch.Size} pixels are too small for the discriminator, which " +
                $"needs at least {PatchDiscriminator.SmallestSide}: set discriminatorStart beyond the last step");
        Tensor images_B3HW = ImageTensors.FromBytes(
            batch.Pixels.Span, batch.Images, batch.Size, batch.Size, Weights.Device);

        (Quantized quantized, Tensor decoded_B3HW) = Reconstruct(images_B3HW);
        Tensor difference_B3HW = decoded_B3HW - images_B3HW;
        Tensor squared = difference_B3HW.Squared().mean([1, 2, 3]).mean();
        Tensor absolute = difference_B3HW.abs().mean([1, 2, 3]).mean();
        Tensor perceptual = Perceptual(decoded_B3HW, images_B3HW);
        Tensor generator = adversarial ? Judge(decoded_B3HW).mean().Times(-1) : ZeroScalar();
        Tensor loss = squared.Times(_options.SquaredWeight)
            .PlusScaled(absolute, _options.AbsoluteWeight)
            .PlusScaled(perceptual, _options.PerceptualWeight)
            .PlusScaled(quantized.VqLoss.Plus(quantized.CommitLoss), _options.CodebookWeight)
            .PlusScaled(generator, _options.GeneratorWeight);
        Weights.ClearGradients();
        loss.backward();
        double norm = _optimizer.Step(learningRate, _options.Clip);

        Tensor hinge = adversarial ? StepDiscriminator(images_B3HW, decoded_B3HW.detach(), learningRate) : ZeroScalar();
        _usage.Record(step, HostIndices(quantized.Indices));
        int revived = ReviveUnusedCodes(step, quantized.Latents);
        UpdateAverage(step);
        StepsDone++;
        return new TokenizerMetrics(step, learningRate, Number(squared), Number(absolute), Number(perceptual),
            Number(quantized.VqLoss), Number(quantized.CommitLoss), Number(generator), Number(hinge), norm,
            _usage.Share(step), revived);
    }

    /// <summary>
    /// Makes a frozen copy of the network with the weights that <see cref="Save"/> would write, but in float32.
    /// </summary>
    public VqTokenizer ToTokenizer(bool bfloat16 = false)
    {
        using var noGrad = no_grad();
        ParameterStore copy = new(Weights.Layout, Weights.Device, trainable: false);
        copy.Values.copy_(_averaged ?? Weights.Values);
        return new VqTokenizer(_options.Shape, copy, bfloat16);
    }

    /// <summary>
    /// Writes the weights as float16 safetensors, with the shape and <paramref name="metadata"/> (data, command,
    /// configuration). The weights are the averaged ones if <see cref="TokenizerTrainingOptions.EmaDecay"/> is set.
    /// </summary>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Dictionary<string, string> entries = VqMetadata.Of(_options.Shape);
        entries["format"] = "starling-tokenizer-1";
        entries["steps"] = StepsDone.ToString(System.Globalization.CultureInfo.InvariantCulture);
        entries["perceptual"] = _perceptual?.Name ?? "none";
        foreach ((string key, string value) in metadata ?? new Dictionary<string, string>()) entries[key] = value;
        HalfPrecisionFile.Write(path, Weights.ToHost(_averaged ?? Weights.Values), entries);
    }

    /// <summary>Frees both networks, their optimizers and the average.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _discriminatorOptimizer.Dispose();
        _discriminator.Weights.Dispose();
        _averaged?.Dispose();
        Weights.Dispose();
    }

    private Autocast Cast() => Autocast.BFloat16(Weights.Device, _options.Precision == Precision.BFloat16);

    private (Quantized Quantized, Tensor Decoded_B3HW) Reconstruct(Tensor images_B3HW)
    {
        Tensor latents_BDhw;
        using (Cast()) latents_BDhw = _model.Encode(images_B3HW);
        Quantized quantized = _model.Quantize(latents_BDhw);
        using (Cast()) return (quantized, _model.Decode(quantized.Codes).to(float32));
    }

    private Tensor Perceptual(Tensor decoded_B3HW, Tensor images_B3HW)
    {
        if (_perceptual is null || _options.PerceptualWeight == 0) return ZeroScalar();
        using (Cast()) return _perceptual.Distance(decoded_B3HW, images_B3HW).to(float32);
    }

    private Tensor Judge(Tensor images_B3HW)
    {
        using (Cast()) return _discriminator.Judge(images_B3HW).to(float32);
    }

    private Tensor StepDiscriminator(Tensor images_B3HW, Tensor decoded_B3HW, double learningRate)
    {
        Tensor hinge = PatchDiscriminator.Hinge(Judge(images_B3HW), Judge(decoded_B3HW));
        // The generator's backward pass left gradients in the discriminator's weights too.
        _discriminator.Weights.ClearGradients();
        hinge.Times(_options.DiscriminatorWeight).backward();
        _discriminatorOptimizer.Step(learningRate, _options.Clip);
        return hinge;
    }

    /// <summary>
    /// Replaces codes that no image uses by random latents of the batch, so that images choose these codes again.
    /// </summary>
    /// <returns>Number of replaced codes.</returns>
    private int ReviveUnusedCodes(long step, Tensor latents_MD)
    {
        long after = _options.ReviveAfter;
        bool ended = _options.ReviveUntil > 0 && step >= _options.ReviveUntil;
        if (ended || after == 0 || (step + 1) % after != 0) return 0;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        KeyedRandom random = KeyedRandom.For(_options.Seed, RandomPurpose.TokenizerTraining, step);
        int rows = (int)latents_MD.size(0);
        long[] unused = _usage.Unused(step, after);
        // Each latent is taken once, because two equal codes would stay equal forever.
        long[] codes = unused[..Math.Min(unused.Length, rows)];
        if (codes.Length == 0) return 0;
        long[] chosen = [.. random.Choose(codes.Length, rows).Select(row => (long)row)];
        Tensor places = tensor(codes, device: latents_MD.device);
        Tensor latents_KD = latents_MD.index_select(0, tensor(chosen, device: latents_MD.device));
        Weights.View(Weights.Values, VqNames.Codebook).index_copy_(0, places, latents_KD);
        _optimizer.Forget(VqNames.Codebook, places);
        return codes.Length;
    }

    /// <summary>
    /// Adds the weights to their running average. The average starts from the untrained weights. Its decay therefore
    /// starts small and grows with the step, so that the average forgets them.
    /// </summary>
    private void UpdateAverage(long step)
    {
        if (_averaged is null) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double decay = Math.Min(_options.EmaDecay, (step + 1.0) / (step + 10.0));
        _averaged.TimesInPlace(decay);
        _averaged.PlusInPlace(Weights.Values.Times(1 - decay));
    }

    private Tensor ZeroScalar() => zeros([], float32, Weights.Device);

    private static long[] HostIndices(Tensor indices_BN) => indices_BN.cpu().data<long>().ToArray();

    private static double Number(Tensor scalar) => scalar.item<float>();
}
