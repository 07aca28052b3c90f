using System.Text.Json.Nodes;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Data;

namespace Starling.Actors.Runs;

/// <summary>
/// The part of a configuration that determines the training state. Two runs with the same identity, data set and
/// tokenizer pass through the same states.
/// </summary>
/// <param name="Json">The part as canonical JSON: keys sorted, no white space.</param>
/// <param name="Hash">SHA-256 of the JSON, 64 hexadecimal digits.</param>
public sealed record TrainingIdentity(string Json, string Hash)
{
    /// <summary>
    /// Keys that are not part of the identity. They change which process does the work, when states are saved or how
    /// the run is watched, but no bit of the states. The paths of data and tokenizer, and the expected sizes, are among
    /// the keys, because the contents are compared by fingerprint instead. The device is among them, because a run may
    /// move to another one; its states have the same bits only on the same kind of processor.
    /// </summary>
    internal static IReadOnlyList<string> ExcludedKeys { get; } =
    [
        "name", "checkpoint", "evaluation", "monitor", "cluster",
        "data.files", "data.expectedImages", "data.expectedClasses", "data.cacheBytes", "data.maxBadShare",
        "data.workers", "data.prefetch", "data.tokenizeOn",
        "tokenizer.path", "tokenizer.expectedCodes", "tokenizer.expectedDownscale",
        "training.threads", "training.device",
    ];

    /// <summary>Returns the identity of a configuration.</summary>
    public static TrainingIdentity Of(StarlingOptions options)
    {
        JsonObject tree = OptionsJson.Tree(options);
        foreach (string path in ExcludedKeys) Remove(tree, path);
        // A longer run passes through the states of a shorter one, unless the learning rate falls towards the end.
        if (options.Optimizer.CooldownSteps == 0) Remove(tree, "training.steps");

        string json = Sorted(tree)!.ToJsonString(OptionsJson.Compact);
        return new TrainingIdentity(json, Sha256.HexOf(json));
    }

    /// <summary>
    /// Returns a hash of the identity and of the other settings that all nodes of a run must agree on: the number of
    /// steps, the checkpoints and the evaluations.
    /// </summary>
    public string HashWith(StarlingOptions options)
    {
        JsonObject agreed = new()
        {
            ["identity"] = Hash,
            ["steps"] = options.Training.Steps,
            ["checkpoint"] = OptionsJson.Tree(options.Checkpoint),
            ["evaluate"] = options.Evaluation.Enabled,
            ["evaluateEverySteps"] = options.Evaluation.EverySteps,
        };
        return Sha256.HexOf(agreed.ToJsonString(OptionsJson.Compact));
    }

    private static void Remove(JsonObject tree, string path)
    {
        string[] parts = path.Split('.');
        JsonNode? section = parts[..^1].Aggregate((JsonNode?)tree, (node, part) => node?[part]);
        section?.AsObject().Remove(parts[^1]);
    }

    private static JsonNode? Sorted(JsonNode? node) => node is JsonObject section
        ? new JsonObject(section
            .OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value))))
        : node?.DeepClone();
}
