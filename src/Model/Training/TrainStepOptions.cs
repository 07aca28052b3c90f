using Starling.Model.Optimizers;
using Starling.Model.SelfGuided;
using Starling.Model.Transformer;

namespace Starling.Model.Training;

/// <summary>The settings a training step depends on; together with data and step they define the state.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Model">Dropout rates and class drop.</param>
/// <param name="SelfGuided">ST-AR.</param>
/// <param name="Optimizer">AdamW.</param>
/// <param name="Training">Batch, replicas, precision, number of steps.</param>
public sealed record TrainStepOptions(
    ulong Seed, ModelOptions Model, SelfGuidedOptions SelfGuided, OptimizerOptions Optimizer, TrainingOptions Training);
