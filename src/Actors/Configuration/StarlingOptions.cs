using System.ComponentModel.DataAnnotations;
using Starling.Model.Optimizers;
using Starling.Model.SelfGuided;
using Starling.Model.Training;
using Starling.Model.Transformer;

namespace Starling.Actors.Configuration;

/// <summary>
/// Everything a run can be told. Read from JSON with comments by <see cref="StarlingConfiguration"/>; every key has a
/// default, and a key that is not here is refused.
/// </summary>
public sealed record StarlingOptions
{
    /// <summary>The run's name, for logs, metrics and the default run folder (<c>runs/NAME</c>).</summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]*$",
        ErrorMessage = "must be letters, digits, '.', '_' or '-', and start with a letter or digit")]
    public string Name { get; init; } = "quickstart";

    /// <summary>The seed of every random draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>The images and how they become batches.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>The frozen image tokenizer.</summary>
    public TokenizerOptions Tokenizer { get; init; } = new();

    /// <summary>The transformer.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>ST-AR's losses.</summary>
    public SelfGuidedOptions SelfGuided { get; init; } = new();

    /// <summary>AdamW.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Steps, batches, replicas and arithmetic.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>When the state is saved and what is kept.</summary>
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>Sampling and scoring of checkpoints.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Metrics, health and logs.</summary>
    public MonitorOptions Monitor { get; init; } = new();

    /// <summary>Nodes of a cluster.</summary>
    public ClusterOptions Cluster { get; init; } = new();
}
