using System.Text.Json.Nodes;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Data;

namespace Starling.Actors.Runs;

/// <summary>
/// The part of a configuration that the training state is a function of. Two runs with equal identity, data set and
/// tokenizer pass through the same states, whatever else differs between them.
/// </summary>
/// <param name="Json">Canonical: keys sorted, no white space.</param>
/// <param name="Hash">Its SHA-256, 64 hexadecimal digits.</param>
public sealed record TrainingIdentity(string Json, string Hash)
{
    /// <summary>
    /// Keys that change who does the work, when it is saved or how it is watched, but no bit of it. The paths of data
    /// and tokenizer are among them, and what is expected of them, because their contents are compared instead, by
    /// fingerprint; the device because a run may move to another (to the same bits only on the same kind of processor).
    /// </summary>
    internal static IReadOnlyList<string> Outside { get; } =
    [
        "name", "checkpoint", "evaluation", "monitor", "cluster",
        "data.files", "data.expectedImages", "data.expectedClasses", "data.cacheBytes", "data.maxBadShare",
        "data.workers", "data.prefetch", "data.tokenizeOn",
        "tokenizer.path", "tokenizer.expectedCodes", "tokenizer.expectedDownscale",
        "training.threads", "training.device",
    ];

    /// <summary>The identity of a configuration.</summary>
    public static TrainingIdentity Of(StarlingOptions options)
    {
        JsonObject tree = OptionsJson.Tree(options);
        foreach (string path in Outside) Remove(tree, path);
        // A longer run passes through a shorter one's states, unless the learning rate falls towards the end.
        if (options.Optimizer.CooldownSteps == 0) Remove(tree, "training.steps");

        string json = Sorted(tree)!.ToJsonString(OptionsJson.Compact);
        return new TrainingIdentity(json, Sha256.HexOf(json));
    }

    /// <summary>
    /// Hash of the identity and of what the nodes of a run have to agree on besides: how far it goes, and what is kept
    /// and evaluated of it.
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
