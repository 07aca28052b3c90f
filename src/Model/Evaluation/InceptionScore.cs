// Shapes: N images, C classes.
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// The inception score of a classifier's predictions (Salimans et al., 2016): exp of the mean divergence between each
/// image's class distribution and the mean of all. As in OpenAI's ADM evaluator, images are divided into splits in
/// their order, and the last split may be shorter.
/// </summary>
public static class InceptionScore
{
    /// <summary>Computes the mean score over the splits.</summary>
    /// <param name="logits_NC">The classifier's logits [N, C].</param>
    /// <param name="splitSize">Number of images of a split (ADM: 5000).</param>
    public static double Of(Tensor logits_NC, int splitSize = 5000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(splitSize);
        ArgumentOutOfRangeException.ThrowIfZero(logits_NC.shape[0], nameof(logits_NC));
        List<double> scores = [];
        for (long first = 0; first < logits_NC.shape[0]; first += splitSize)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            Tensor split_NC = logits_NC.narrow(0, first, Math.Min(splitSize, logits_NC.shape[0] - first));
            Tensor logs_NC = split_NC.detach().cpu().to(ScalarType.Float64).log_softmax(-1);
            Tensor probabilities_NC = logs_NC.exp();
            Tensor marginal_C = probabilities_NC.mean([0]);
            Tensor divergence_N = (probabilities_NC * (logs_NC - marginal_C.log())).sum(-1);
            scores.Add(Math.Exp(divergence_N.mean().item<double>()));
        }
        return scores.Average();
    }
}
