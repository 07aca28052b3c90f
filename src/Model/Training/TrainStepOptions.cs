using Starling.Model.Optimizers;
using Starling.Model.SelfGuided;
using Starling.Model.Transformer;

namespace Starling.Model.Training;

/// <summary>
/// The settings that a training step depends on. Together with the data and the number of the step they define the
/// state.
/// </summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Model">Dropout rates and the probability of dropping a class.</param>
/// <param name="SelfGuided">The losses of ST-AR.</param>
/// <param name="Optimizer">Learning rate, AdamW and clipping.</param>
/// <param name="Training">Batch, replicas, precision, number of steps.</param>
public sealed record TrainStepOptions(
    ulong Seed, ModelOptions Model, SelfGuidedOptions SelfGuided, OptimizerOptions Optimizer, TrainingOptions Training);
