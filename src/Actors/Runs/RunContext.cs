using System.Text.Json;
using System.Text.Json.Nodes;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Data.Batches;
using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Model.Checkpoints;
using Starling.Model.Features;
using Starling.Model.Tokenizer;
using Starling.Model.Transformer;

namespace Starling.Actors.Runs;

/// <summary>
/// A run with everything that is fixed before its first step: data, networks' sizes, identity, folders.
/// </summary>
public sealed class RunContext
{
    /// <summary>Sections of a checkpoint's configuration that have to be the run's to go on from it.</summary>
    public static IReadOnlyList<string> ComparedSections { get; } = ["identity"];

    private RunContext(
        StarlingOptions options, string folder, ShardIndex index, GptShape shape, long stepsPerEpoch,
        string tokenizerFingerprint)
    {
        StepsPerEpoch = stepsPerEpoch;
        Options = options;
        Folder = folder;
        Index = index;
        Shape = shape;
        Identity = TrainingIdentity.Of(options);
        Checkpoints = new CheckpointStore(CheckpointPaths.Of(folder));
        JsonObject configuration = new()
        {
            ["identity"] = JsonNode.Parse(Identity.Json),
            ["resolved"] = JsonNode.Parse(OptionsJson.Tree(options).ToJsonString()),
        };
        Description = new RunDescription(options.Name, JsonSerializer.SerializeToElement(configuration),
            GptShapeHash.Of(shape), index.Fingerprint, tokenizerFingerprint)
        {
            EarlierModelHashes = GptShapeHash.Earlier(shape),
        };
    }

    /// <summary>The configuration.</summary>
    public StarlingOptions Options { get; }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>The data.</summary>
    public ShardIndex Index { get; }

    /// <summary>The transformer.</summary>
    public GptShape Shape { get; }

    /// <summary>What the training state is a function of.</summary>
    public TrainingIdentity Identity { get; }

    /// <summary>What checkpoints say of the run.</summary>
    public RunDescription Description { get; }

    /// <summary>What has to be the same on all nodes.</summary>
    public RunIdentity NodeIdentity => new(RunIdentity.CurrentProtocol, Identity.HashWith(Options),
        Description.DataFingerprint, Description.TokenizerFingerprint);

    /// <summary>The run's checkpoints.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>Steps in one pass over the training split.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>The images trained on.</summary>
    public SampleSplit TrainSplit => new(Index, Split.Train, Options.Data.HoldOut);

    /// <summary>The images held out; null if none are.</summary>
    public SampleSplit? HeldOutSplit =>
        Options.Data.HoldOut > 0 ? new SampleSplit(Index, Split.Validation, Options.Data.HoldOut) : null;

    /// <summary>Opens data and tokenizer and checks that all sizes fit.</summary>
    /// <exception cref="Data.StarlingException">Something is missing, damaged or does not fit.</exception>
    public static RunContext Open(StarlingOptions options, string folder)
    {
        ShardIndex index = DataFiles.Open(options.Data);
        GptShape shape = TransformerShapes.Transformer(options, index.ClassNames.Count);
        if (options.Evaluation.Enabled) // now rather than after hours of training
            FeatureNetworks.Load(AssetFiles.FeatureNetwork(options.Evaluation.FeatureNetwork)).Dispose();
        using VqTokenizer tokenizer = VqTokenizer.Load(AssetFiles.Tokenizer(options.Tokenizer.Path));
        BatchFactory batches = new(index, options.ToBatchOptions()); // checks batch, split and cache against the data
        return new RunContext(
            options, Path.GetFullPath(folder), index, shape, batches.Order.StepsPerEpoch, tokenizer.Fingerprint);
    }

    /// <summary>Which checkpoints stay.</summary>
    public KeepPolicy Keep => new(Options.Checkpoint.KeepLatest, Options.Checkpoint.KeepEverySteps,
        Options.Checkpoint.KeepBest > 0 ? new KeepBest("frechet_distance", Options.Checkpoint.KeepBest) : null);
}
