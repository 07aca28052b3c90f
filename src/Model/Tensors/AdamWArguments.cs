namespace Starling.Model.Tensors;

/// <summary>One AdamW update's numbers.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="WeightDecay">Decoupled weight decay; 0 makes it plain Adam.</param>
/// <param name="Epsilon">Added to the denominator.</param>
public readonly record struct AdamWArguments(
    double LearningRate, double Beta1 = 0.9, double Beta2 = 0.95, double WeightDecay = 0, double Epsilon = 1e-8);
