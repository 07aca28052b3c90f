namespace Starling.Model.Evaluation;

/// <summary>The accuracy of a linear probe at one step of the sequence.</summary>
/// <param name="Step">The step, from 1 (see <see cref="ProbePositions"/>).</param>
/// <param name="Accuracy">Top-1 accuracy on the test images, 0 to 1.</param>
public readonly record struct ProbeAccuracy(int Step, double Accuracy);
