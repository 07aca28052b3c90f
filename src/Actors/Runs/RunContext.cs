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
/// Everything of a run that is fixed before its first step: data, sizes of the networks, identity, folders.
/// </summary>
public sealed class RunContext
{
    /// <summary>
    /// Sections of a checkpoint's configuration that must equal the run's. Otherwise the run cannot go on from the
    /// checkpoint.
    /// </summary>
    public static IReadOnlyList<string> ComparedSections { get; } = ["identity"];

    private readonly Lazy<string> _folderId;

    private RunContext(
        StarlingOptions options, string folder, ShardIndex index, GptShape shape, long stepsPerEpoch,
        VqTokenizer tokenizer)
    {
        StepsPerEpoch = stepsPerEpoch;
        Options = options;
        Folder = folder;
        _folderId = new Lazy<string>(() => new RunLedger(folder).FolderId());
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
            GptShapeHash.Of(shape), index.Fingerprint, tokenizer.Fingerprint)
        {
            EarlierModelHashes = GptShapeHash.Earlier(shape),
            EarlierDataFingerprints = [index.EarlierFingerprint],
            EarlierTokenizerFingerprints = [tokenizer.EarlierFingerprint],
            DataChange = stored => DataRecord.ChangeSince(stored, folder, index),
        };
    }

    /// <summary>The configuration.</summary>
    public StarlingOptions Options { get; }

    /// <summary>Path of the run's folder.</summary>
    public string Folder { get; }

    /// <summary>The index of the data set.</summary>
    public ShardIndex Index { get; private set; }

    /// <summary>The shape of the transformer.</summary>
    public GptShape Shape { get; }

    /// <summary>The part of the configuration that determines the training state.</summary>
    public TrainingIdentity Identity { get; }

    /// <summary>The description of the run that is stored in each checkpoint.</summary>
    public RunDescription Description { get; }

    /// <summary>The identity that all nodes of the run must have. Makes the folder's id if it has none yet.</summary>
    /// <exception cref="Data.StarlingException">The folder's id cannot be read or written.</exception>
    public RunIdentity NodeIdentity => new(RunIdentity.CurrentProtocol, Identity.HashWith(Options),
        Description.DataFingerprint, Description.TokenizerFingerprint, _folderId.Value);

    /// <summary>The run's checkpoints.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>Number of steps in one pass over the training split.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>The images that the run trains on.</summary>
    public SampleSplit TrainSplit => new(Index, Split.Train, Options.Data.HoldOut);

    /// <summary>The images that are held out of the training; null if there are none.</summary>
    public SampleSplit? HeldOutSplit =>
        Options.Data.HoldOut > 0 ? new SampleSplit(Index, Split.Validation, Options.Data.HoldOut) : null;

    /// <summary>Opens the data set and the tokenizer, and checks that all sizes fit each other.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="folder">Path of the run's folder.</param>
    /// <param name="progress">Is told how many shards have been opened; null for nobody.</param>
    /// <exception cref="Data.StarlingException">A file is missing or damaged, or a size does not fit.</exception>
    public static RunContext Open(
        StarlingOptions options, string folder, IProgress<(int Opened, int Files)>? progress = null)
    {
        ShardIndex index = DataFiles.Open(options.Data, progress);
        GptShape shape = TransformerShapes.Transformer(options, index.ClassNames.Count);
        if (options.Evaluation.Enabled) // a bad file is found now rather than after hours of training
            FeatureNetworks.Load(AssetFiles.FeatureNetwork(options.Evaluation.FeatureNetwork)).Dispose();
        using VqTokenizer tokenizer = VqTokenizer.Load(AssetFiles.Tokenizer(options.Tokenizer.Path));
        BatchFactory batches = new(index, options.ToBatchOptions()); // checks the sizes of batch, split and cache
        return new RunContext(
            options, Path.GetFullPath(folder), index, shape, batches.Order.StepsPerEpoch, tokenizer);
    }

    /// <summary>
    /// Opens the run on another thread. A disk may hang: the caller then ends at a signal all the same, and the thread
    /// ends with the process.
    /// </summary>
    /// <inheritdoc cref="Open"/>
    /// <exception cref="OperationCanceledException">The run was asked to end before it had begun.</exception>
    public static Task<RunContext> OpenAsync(StarlingOptions options, string folder,
        IProgress<(int Opened, int Files)>? progress, CancellationToken cancellation) =>
        Task.Run(() => Open(options, folder, progress), CancellationToken.None).WaitAsync(cancellation);

    /// <summary>
    /// Returns the same run with a check of the images of each row group that is read; see
    /// <see cref="ShardIndex.CheckedBy"/>.
    /// </summary>
    public RunContext CheckedBy(Action<RowGroupInfo, string> check)
    {
        var copy = (RunContext)MemberwiseClone();
        copy.Index = Index.CheckedBy(check);
        return copy;
    }

    /// <summary>The policy that says which checkpoints are kept.</summary>
    public KeepPolicy Keep => new(Options.Checkpoint.KeepLatest, Options.Checkpoint.KeepEverySteps,
        Options.Checkpoint.KeepBest > 0 ? new KeepBest("frechet_distance", Options.Checkpoint.KeepBest) : null);
}
