using System.ComponentModel.DataAnnotations;
using Starling.Model.Optimizers;
using Starling.Model.SelfGuided;
using Starling.Model.Training;
using Starling.Model.Transformer;

namespace Starling.Actors.Configuration;

/// <summary>
/// The configuration of a run. <see cref="StarlingConfiguration"/> reads it from JSON with comments. Every key has a
/// default. A key that is not in these records is refused.
/// </summary>
public sealed record StarlingOptions
{
    /// <summary>The run's name, for logs, metrics and the default run folder (<c>runs/NAME</c>).</summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]*$",
        ErrorMessage = "must be letters, digits, '.', '_' or '-', and start with a letter or digit")]
    public string Name { get; init; } = "quickstart";

    /// <summary>The seed of every random draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>The images and the way in which they become batches.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>The frozen image tokenizer.</summary>
    public TokenizerOptions Tokenizer { get; init; } = new();

    /// <summary>The transformer.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>ST-AR's losses.</summary>
    public SelfGuidedOptions SelfGuided { get; init; } = new();

    /// <summary>AdamW and its learning rate.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Steps, batches, replicas and arithmetic.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>When the state is saved, and which checkpoints are kept.</summary>
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>Sampling and scoring of checkpoints.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Metrics, health and logs.</summary>
    public MonitorOptions Monitor { get; init; } = new();

    /// <summary>How nodes of a cluster work together.</summary>
    public ClusterOptions Cluster { get; init; } = new();
}
