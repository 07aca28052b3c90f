namespace Starling.Model.Tensors;

/// <summary>The numbers that an AdamW update depends on, besides weights, gradients and moments.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="WeightDecay">Decoupled weight decay; 0 for none, which makes the update plain Adam.</param>
/// <param name="Epsilon">ε, added to the denominator.</param>
public readonly record struct AdamWArguments(
    double LearningRate, double Beta1 = 0.9, double Beta2 = 0.95, double WeightDecay = 0, double Epsilon = 1e-8);
