// Shapes: N images, B images a batch, P positions, D features, C classes.
using Starling.Data.Randomness;
using Starling.Model.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// Measures how well a linear layer on frozen features tells the classes apart, for several positions of the sequence
/// (ST-AR, Figure 4). The protocol is MAE's (He et al., 2022): standardized features (BatchNorm without gain and bias),
/// cross-entropy, SGD with momentum, warm-up, and cosine decay to 0. All positions see the same batches, so their
/// layers are trained together by batched products. The result is a pure function of features, labels, options and
/// seed.
/// </summary>
public static class LinearProbe
{
    private const double StandardizationEpsilon = 1e-6, InitialDeviation = 0.01;

    /// <summary>Trains on one set and gives the top-1 accuracy on the other, for each of the P positions.</summary>
    /// <param name="train">Images to train on.</param>
    /// <param name="test">Images to score, with the same P and D.</param>
    /// <param name="classes">Number of classes C; labels are 0 to C−1.</param>
    /// <param name="options">The numbers of the protocol.</param>
    /// <param name="seed">Decides the initial weights and the order of the images.</param>
    /// <param name="cancellation">Checked at every epoch.</param>
    public static double[] Accuracies(ProbeSet train, ProbeSet test, int classes, LinearProbeOptions options,
        ulong seed, CancellationToken cancellation = default)
    {
        if (!train.Features.shape.AsSpan(1).SequenceEqual(test.Features.shape.AsSpan(1)))
            throw new ArgumentException("training and test features differ in positions or dimensions", nameof(test));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (Tensor mean_PD, Tensor scale_PD) = Standardization(train.Features);
        (Tensor weight_PDC, Tensor bias_P1C) = Fit(train, mean_PD, scale_PD, classes, options, seed, cancellation);
        Tensor test_PND = Standardized(test.Features, mean_PD, scale_PD);
        Tensor predictions_PN = test_PND.matmul(weight_PDC).Plus(bias_P1C).argmax(-1);
        Tensor hits_P = predictions_PN.eq(test.Labels).to(ScalarType.Int64).sum([1]);
        return [.. hits_P.cpu().data<long>().Select(hits => hits / (double)test.Count)];
    }

    /// <summary>Gives the trained weights [P, D, C] in the caller's dispose scope, for tests of determinism.</summary>
    internal static Tensor Weights(ProbeSet train, int classes, LinearProbeOptions options, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (Tensor mean_PD, Tensor scale_PD) = Standardization(train.Features);
        return Fit(train, mean_PD, scale_PD, classes, options, seed, default).Weight.MoveToOuterDisposeScope();
    }

    private static (Tensor Mean, Tensor Scale) Standardization(Tensor features_NPD)
    {
        Tensor mean_PD = features_NPD.mean([0]);
        Tensor variance_PD = (features_NPD - mean_PD).Squared().mean([0]);
        return (mean_PD, variance_PD.PlusScalar(StandardizationEpsilon).rsqrt());
    }

    private static Tensor Standardized(Tensor features_NPD, Tensor mean_PD, Tensor scale_PD) =>
        ((features_NPD - mean_PD) * scale_PD).transpose(0, 1).contiguous();

    private static (Tensor Weight, Tensor Bias) Fit(ProbeSet train, Tensor mean_PD, Tensor scale_PD, int classes,
        LinearProbeOptions o, ulong seed, CancellationToken cancellation)
    {
        Tensor x_PND = Standardized(train.Features, mean_PD, scale_PD);
        Tensor targets_NC = nn.functional.one_hot(train.Labels, classes).to(ScalarType.Float32);
        long positions = x_PND.shape[0], count = x_PND.shape[1], dim = x_PND.shape[2];
        Tensor weight_PDC = zeros([positions, dim, classes], device: x_PND.device);
        Tensor bias_P1C = zeros([positions, 1, classes], device: x_PND.device);
        TensorRandom.Normal_(weight_PDC, InitialDeviation, seed, RandomPurpose.Probe, a: -1);
        Tensor weightVelocity = zeros_like(weight_PDC), biasVelocity = zeros_like(bias_P1C);
        int batch = (int)Math.Min(o.BatchSize, count), steps = (int)(count / batch);
        double peak = o.BaseLearningRate * batch / 256;
        long[] order = new long[count];
        for (int epoch = 0; epoch < o.Epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < order.Length; i++) order[i] = i;
            KeyedRandom random = KeyedRandom.For(seed, RandomPurpose.Probe, epoch);
            random.Shuffle<long>(order);
            for (int step = 0; step < steps; step++)
            {
                using var scope = NewDisposeScope();
                Tensor chosen_B = tensor(order.AsSpan(step * batch, batch).ToArray(), device: x_PND.device);
                Tensor x_PBD = x_PND.index_select(1, chosen_B);
                Tensor probabilities_PBC = x_PBD.matmul(weight_PDC).Plus(bias_P1C).softmax(-1);
                // The gradient of the mean cross entropy with respect to the logits.
                Tensor error_PBC = (probabilities_PBC - targets_NC.index_select(0, chosen_B)).Times(1.0 / batch);
                double rate = peak * RateFactor(epoch + step / (double)steps, o);
                DescendStep(weight_PDC, weightVelocity, x_PBD.transpose(1, 2).matmul(error_PBC), o.Momentum, rate);
                DescendStep(bias_P1C, biasVelocity, error_PBC.sum([1], keepdim: true), o.Momentum, rate);
            }
        }
        return (weight_PDC, bias_P1C);
    }

    /// <summary>
    /// Gives the fraction of the peak learning rate at a point of an epoch: linear warm-up, then half a cosine to 0.
    /// </summary>
    private static double RateFactor(double epoch, LinearProbeOptions o) => epoch < o.WarmupEpochs
        ? epoch / o.WarmupEpochs
        : 0.5 * (1 + Math.Cos(Math.PI * (epoch - o.WarmupEpochs) / Math.Max(1, o.Epochs - o.WarmupEpochs)));

    private static void DescendStep(Tensor parameter, Tensor velocity, Tensor gradient, double momentum, double rate)
    {
        velocity.TimesInPlace(momentum).PlusInPlace(gradient);
        using Scalar step = Scalars.Make(-rate);
        parameter.add_(velocity, step);
    }
}
