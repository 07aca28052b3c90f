// B: images, H, W: pixel rows and columns, K: classes
using Starling.Data.Randomness;
using Starling.Model.Images;
using Starling.Model.Optimizers;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Starling.Model.Features;

/// <summary>
/// Trains a classifier one batch at a time. The caller crops and mirrors the images. A trainer belongs to one thread.
/// </summary>
public sealed class ImageClassifierTrainer : INetworkTrainer<LabelledBatch, ClassifierMetrics>, IDisposable
{
    private readonly ClassifierTrainingOptions _options;
    private readonly FlatAdam _optimizer;

    /// <summary>
    /// Makes the network from the seed. Convolutions are drawn from N(0, 2/fan-in); the head and all biases are 0.
    /// </summary>
    public ImageClassifierTrainer(ClassifierTrainingOptions options, Device? device = null)
    {
        LibTorch.SetThreadsOfThisThread(options.Threads);
        _options = options;
        ParameterStore weights = new(options.Shape.Layout(), device ?? CPU, trainable: true);
        foreach (ParameterShape parameter in weights.Layout.Parameters) Initialize(weights, parameter);
        Network = new ImageClassifier(options.Name, options.Shape, weights);
        _optimizer = new FlatAdam(weights, new AdamWArguments(
            options.LearningRate, Beta2: 0.99, WeightDecay: options.WeightDecay));
    }

    /// <summary>The network in its present state. The trainer disposes it.</summary>
    public ImageClassifier Network { get; }

    /// <inheritdoc/>
    public long StepsDone { get; private set; }

    /// <inheritdoc/>
    public ClassifierMetrics Step(LabelledBatch batch)
    {
        using var scope = NewDisposeScope();
        double learningRate = _options.Schedule().At(StepsDone);
        Tensor labels_B = Labels(batch), logits_BK;
        using (Autocast.BFloat16(Network.Weights.Device, _options.Precision == Precision.BFloat16))
            logits_BK = Network.Logits(Images(batch));
        Tensor loss = functional.cross_entropy(logits_BK, labels_B, label_smoothing: _options.LabelSmoothing);
        Network.Weights.ClearGradients();
        loss.backward();
        double norm = _optimizer.Step(learningRate, _options.Clip);
        double accuracy = CountRight(logits_BK, labels_B) / (double)batch.Labels.Count;
        return new ClassifierMetrics(StepsDone++, learningRate, loss.item<float>(), accuracy, norm);
    }

    /// <summary>
    /// Measures the share of images that are classified rightly. The network does not learn from them.
    /// </summary>
    public double Accuracy(IEnumerable<LabelledBatch> batches)
    {
        long right = 0, total = 0;
        foreach (LabelledBatch batch in batches)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            right += CountRight(Network.Logits(Images(batch)), Labels(batch));
            total += batch.Labels.Count;
        }
        return total == 0 ? 0 : right / (double)total;
    }

    /// <summary>Frees the network and the optimizer.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        Network.Dispose();
    }

    private Tensor Images(LabelledBatch batch) => ImageTensors.FromBytes(batch.Images.Pixels.Span,
        batch.Images.Images, batch.Images.Size, batch.Images.Size, Network.Weights.Device);

    private Tensor Labels(LabelledBatch batch) =>
        tensor(batch.Labels.Select(label => (long)label).ToArray(), device: Network.Weights.Device);

    private static long CountRight(Tensor logits_BK, Tensor labels_B) =>
        logits_BK.argmax(1).eq(labels_B).sum().item<long>();

    private void Initialize(ParameterStore weights, ParameterShape parameter)
    {
        using var noGrad = no_grad();
        using Tensor target = weights.View(weights.Values, parameter.Name);
        bool gain = parameter.Shape.Length == 1 && parameter.Name.EndsWith(".weight", StringComparison.Ordinal);
        if (parameter.Shape is [_, long channels, long height, long width])
            TensorRandom.Normal_(target, Math.Sqrt(2.0 / (channels * height * width)), _options.Seed,
                RandomPurpose.FeatureTraining, weights.Layout[parameter.Name].Offset);
        else if (gain)
            weights.InitializeConstant(parameter.Name, 1);
    }
}
