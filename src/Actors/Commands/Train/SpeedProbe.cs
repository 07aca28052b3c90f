using Starling.Model.Tensors;
using Starling.Model.Training;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Actors.Commands.Train;

/// <summary>
/// Measures this machine's speed in the matrix product in which a network spends most of its time.
/// </summary>
internal static class SpeedProbe
{
    private const double Seconds = 0.5;

    /// <summary>Measures floating-point operations per second, over about half a second.</summary>
    /// <param name="shape">The network, whose feed-forward product is timed.</param>
    /// <param name="rows">Number of rows of the product, which is the number of tokens in one forward pass.</param>
    /// <param name="training">Gives precision and threads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public static double Measure(
        GptShape shape, long rows, TrainingOptions training, TimeProvider time, CancellationToken cancellationToken)
    {
        LibTorch.Initialize();
        if (training.Threads > 0) LibTorch.SetThreadsOfThisThread(training.Threads);
        ScalarType type = training.Precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        rows = Math.Clamp(rows, 1, 1 << 14);

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x_ND = ones([rows, shape.Dim], type);
        Tensor w_DF = ones([shape.Dim, shape.FfnHidden], type);
        matmul(x_ND, w_DF);
        long start = time.GetTimestamp(), count = 0;
        double elapsed;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Tensor product = matmul(x_ND, w_DF);
            count++;
            elapsed = time.GetElapsedTime(start).TotalSeconds;
        }
        while (elapsed < Seconds);
        return count * 2.0 * rows * shape.Dim * shape.FfnHidden / elapsed;
    }
}
