using System.Numerics;
using Starling.Actors.Configuration.Reading;
using Starling.Model.SelfGuided;

namespace Starling.Actors.Configuration;

/// <summary>Conditions that several keys of a run's configuration have to meet together.</summary>
internal static class StarlingRules
{
    /// <summary>
    /// All conditions on the configuration alone. Conditions on the data or the tokenizer are checked when those are
    /// open.
    /// </summary>
    public static IReadOnlyList<CrossFieldRule<StarlingOptions>> All { get; } =
    [
        new(["training.replicas"], o => BitOperations.IsPow2(o.Training.Replicas)
            ? null
            : "must be a power of two"),
        new(["training.globalBatch", "training.replicas"], o => o.Training.GlobalBatch % o.Training.Replicas == 0
            ? null
            : $"must be divisible by training.replicas ({o.Training.Replicas})"),
        new(["training.microBatch", "training.globalBatch", "training.replicas"], MicroBatch),
        new(["optimizer.cooldownSteps", "optimizer.warmupSteps", "training.steps"],
            o => o.Optimizer.WarmupSteps + (long)o.Optimizer.CooldownSteps <= o.Training.Steps
                ? null
                : $"together with optimizer.warmupSteps ({o.Optimizer.WarmupSteps}) must not exceed training.steps " +
                  $"({o.Training.Steps})"),
        new(["selfGuided.views", "selfGuided.enabled", "selfGuided.beta"], o =>
            o.SelfGuided is { Enabled: true, Beta: > 0, Views: 1 }
                ? "must be 2 or more: the view loss compares views of an image; set selfGuided.beta to 0 to train " +
                  "without the contrastive losses, or selfGuided.enabled to false for plain training"
                : null),
        new(["selfGuided.studentViews", "selfGuided.views"], o => o.SelfGuided.StudentViews <= o.SelfGuided.Views
            ? null
            : $"must not exceed selfGuided.views ({o.SelfGuided.Views}); 0 means all"),
        new(["selfGuided.depth", "model.layers", "model.preset"], o =>
            ModelSizes.Layers(o.Model) is { } layers && o.SelfGuided.Depth > layers
                ? $"must not exceed the network's {layers} layers; 0 means half of them"
                : null),
        new(["selfGuided.negatives", "selfGuided.enabled", "training.globalBatch", "training.replicas"], o =>
            o.SelfGuided is { Enabled: true, Negatives: NegativeScope.Replica } && o.Training.ReplicaImages < 2
                ? "needs two or more images a replica (training.globalBatch / training.replicas)"
                : null),
        new(["data.cropRanges"], o => o.Data.CropRanges.All(r => r is >= 1.0 and <= 8.0)
            ? null
            : "must be between 1 and 8, each"),
        new(["cluster.tls.ca", "cluster.tls.certificate"], o =>
            (o.Cluster.Tls.Certificate is null) == (o.Cluster.Tls.Ca is null)
                ? null
                : "goes with cluster.tls.certificate: set both, or neither for no encryption"),
        new(["cluster.tls.key", "cluster.tls.passwordFile", "cluster.tls.certificate"], o =>
            o.Cluster.Tls is { Certificate: null, Key: not null } or { Certificate: null, PasswordFile: not null }
                ? "belongs to cluster.tls.certificate, which is not set"
                : null),
        new(["model", "model.dim", "model.layers", "model.heads", "model.preset"], o => ModelSizes.Problem(o.Model)),
    ];

    private static string? MicroBatch(StarlingOptions o)
    {
        int micro = o.Training.MicroBatch, share = o.Training.ReplicaImages;
        return micro == 0 || o.Training.GlobalBatch % o.Training.Replicas != 0 || (micro <= share && share % micro == 0)
            ? null
            : $"must divide a replica's share of the batch ({share} images); 0 means all of it";
    }
}
