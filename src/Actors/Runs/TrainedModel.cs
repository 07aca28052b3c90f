using System.Globalization;
using System.Text.Json;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Data;
using Starling.Data.Shards;
using Starling.Model.Checkpoints;
using Starling.Model.Import;
using Starling.Model.Parameters;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Transformer;
using TorchSharp;

namespace Starling.Actors.Runs;

/// <summary>A trained transformer with its tokenizer, ready to sample images.</summary>
internal sealed class TrainedModel : IDisposable
{
    private readonly IReadOnlyList<string> _shards;

    private TrainedModel(string title, Gpt gpt, VqTokenizer tokenizer, IReadOnlyList<string> shards)
    {
        Title = title;
        Gpt = gpt;
        Tokenizer = tokenizer;
        _shards = shards;
    }

    /// <summary>The name of the model in images and reports.</summary>
    public string Title { get; }

    /// <summary>The transformer.</summary>
    public Gpt Gpt { get; }

    /// <summary>The tokenizer, which decodes codes to images.</summary>
    public VqTokenizer Tokenizer { get; }

    /// <summary>Whether the transformer was trained in bfloat16.</summary>
    public bool BFloat16 { get; private init; }

    /// <summary>Side of the model's images, in pixels.</summary>
    public int ImageSize => Gpt.Shape.Grid * Tokenizer.Downscale;

    /// <summary>Loads one set of weights from a checkpoint, and verifies every byte of them.</summary>
    /// <param name="folder">Path of the checkpoint's folder.</param>
    /// <param name="part">The weights to load: student or teacher.</param>
    /// <param name="overrides">Changes to the checkpoint's configuration, such as a new path of the tokenizer.</param>
    /// <exception cref="StarlingException">
    /// The checkpoint is damaged, or the tokenizer is not the one it was trained with.
    /// </exception>
    public static TrainedModel Load(string folder, CheckpointPart part, IEnumerable<string> overrides)
    {
        LibTorch.Initialize();
        LoadedCheckpoint loaded = CheckpointReader.Load(folder, part);
        StarlingOptions options = ConfigurationOf(loaded.Manifest, overrides);
        var tokenizer = VqTokenizer.Load(AssetFiles.Tokenizer(options.Tokenizer.Path));
        return DisposedOnFailure(tokenizer, () => Load(folder, part, loaded, options, tokenizer));
    }

    private static TrainedModel Load(string folder, CheckpointPart part, LoadedCheckpoint loaded,
        StarlingOptions options, VqTokenizer tokenizer)
    {
        string trainedWith = loaded.Manifest.TokenizerFingerprint;
        if (trainedWith != tokenizer.Fingerprint && trainedWith != tokenizer.EarlierFingerprint)
            throw new StarlingException(
                $"{folder}: was trained with another tokenizer than {options.Tokenizer.Path}; " +
                "name it with --set tokenizer.path=FILE");

        var tensors = loaded.State[part].ToDictionary(t => t.Name, t => t.ToTensor());
        int grid = options.Data.ImageSize / tokenizer.Downscale;
        int classes = (int)tensors["cls_embedding.embedding_table.weight"].shape[0] - 1;
        var shape = GptShape.From(options.Model, tokenizer.CodebookSize, grid * grid, classes);
        ParameterStore weights;
        try
        {
            weights = ParameterStore.Frozen(shape.Layout, torch.CPU, tensors, folder);
        }
        finally
        {
            foreach (torch.Tensor tensor in tensors.Values) tensor.Dispose();
        }
        string title = string.Create(
            CultureInfo.InvariantCulture, $"{loaded.Manifest.RunId} step {loaded.Manifest.Step} {part.Label()}");
        return new TrainedModel(title, new Gpt(shape, weights), tokenizer, options.Data.Files)
        {
            BFloat16 = options.Training.Precision == Precision.BFloat16,
        };
    }

    /// <summary>
    /// Loads a weight file. An import has written into the file how many heads and tokens the transformer has.
    /// </summary>
    /// <param name="model">
    /// Path of a file by <c>starling checkpoint import</c> or <c>export</c>, or of LlamaGen.
    /// </param>
    /// <param name="tokenizer">Path of the tokenizer's file, or <c>embedded</c>.</param>
    /// <exception cref="StarlingException">
    /// A file is not such a network, or the two files do not fit each other.
    /// </exception>
    public static TrainedModel LoadFile(string model, string tokenizer)
    {
        LibTorch.Initialize();
        var codes = VqTokenizer.Load(AssetFiles.Tokenizer(tokenizer));
        return DisposedOnFailure(codes, () =>
        {
            ImportedGpt imported = ModelImport.Gpt(model);
            if (imported.Shape.Vocabulary == codes.CodebookSize)
                return new TrainedModel(Path.GetFileName(model), new Gpt(imported.Shape, imported.Weights), codes, []);
            imported.Weights.Dispose();
            throw new StarlingException($"{model} was trained on {imported.Shape.Vocabulary} codes, {tokenizer} has " +
                $"{codes.CodebookSize}: name its own with --tokenizer FILE");
        });
    }

    /// <summary>Loads the rest of a model; frees the tokenizer if that fails.</summary>
    private static TrainedModel DisposedOnFailure(VqTokenizer tokenizer, Func<TrainedModel> load)
    {
        try
        {
            return load();
        }
        catch
        {
            tokenizer.Dispose();
            throw;
        }
    }

    /// <summary>Returns the configuration that a checkpoint was trained with, with changes.</summary>
    /// <exception cref="ConfigurationException">A change is not valid.</exception>
    public static StarlingOptions ConfigurationOf(CheckpointManifest manifest, IEnumerable<string> overrides) =>
        StarlingConfiguration.Parse(
            Resolved(manifest.Configuration), $"the checkpoint's {CheckpointManifest.FileName}", overrides);

    /// <summary>Returns the names of the classes, or their numbers if the data set is not there.</summary>
    public IReadOnlyList<string> ClassNames()
    {
        try
        {
            if (_shards.Count > 0) return ShardIndex.Open(DataFiles.Resolve(_shards), Gpt.Shape.Classes).ClassNames;
        }
        catch (StarlingException)
        {
            // The data set of an old model may be gone. Numbers are enough to label its images.
        }
        return [.. Enumerable.Range(0, Gpt.Shape.Classes).Select(c => FormattableString.Invariant($"class {c}"))];
    }

    // A checkpoint of a run stores the whole configuration in "resolved", beside the identity.
    private static string Resolved(JsonElement stored) =>
        JsonSerializer.Serialize(stored.TryGetProperty("resolved", out JsonElement whole) ? whole : stored);

    /// <inheritdoc/>
    public void Dispose()
    {
        Gpt.Weights.Dispose();
        Gpt.Dispose();
        Tokenizer.Dispose();
    }
}
