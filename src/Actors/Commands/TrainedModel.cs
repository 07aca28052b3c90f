using System.Text.Json;
using Starling.Actors.Configuration;
using Starling.Data;
using Starling.Data.Shards;
using Starling.Model.Checkpoints;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Transformer;
using TorchSharp;

namespace Starling.Actors.Commands;

/// <summary>A checkpoint's network with the tokenizer it was trained on, ready to draw pictures.</summary>
internal sealed class TrainedModel : IDisposable
{
    private TrainedModel(CheckpointManifest manifest, StarlingOptions options, Gpt gpt, VqTokenizer tokenizer)
    {
        Manifest = manifest;
        Options = options;
        Gpt = gpt;
        Tokenizer = tokenizer;
    }

    /// <summary>What the checkpoint says of itself.</summary>
    public CheckpointManifest Manifest { get; }

    /// <summary>The configuration it was trained with.</summary>
    public StarlingOptions Options { get; }

    /// <summary>The network.</summary>
    public Gpt Gpt { get; }

    /// <summary>Codes to pictures.</summary>
    public VqTokenizer Tokenizer { get; }

    /// <summary>Side of its pictures, in pixels.</summary>
    public int PictureSize => Gpt.Shape.Grid * Tokenizer.Downscale;

    /// <summary>Loads one set of weights from a checkpoint, every byte verified.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="part">Student or teacher.</param>
    /// <param name="overrides">Changes to the configuration, for instance where the tokenizer is now.</param>
    /// <exception cref="StarlingException">Damaged, or the tokenizer is another one.</exception>
    public static TrainedModel Load(string folder, CheckpointPart part, IEnumerable<string> overrides)
    {
        LibTorch.Initialize();
        LoadedCheckpoint loaded = CheckpointReader.Load(folder, part);
        StarlingOptions options = ConfigurationOf(loaded.Manifest, overrides);
        var tokenizer = VqTokenizer.Load(AssetFiles.Tokenizer(options.Tokenizer.Path));
        if (tokenizer.Fingerprint != loaded.Manifest.TokenizerFingerprint)
            throw new StarlingException(
                $"{folder}: was trained with another tokenizer than {options.Tokenizer.Path}; " +
                "name it with --set tokenizer.path=FILE");

        var tensors = loaded.State[part].ToDictionary(t => t.Name, t => t.ToTensor());
        int grid = options.Data.ImageSize / tokenizer.Downscale;
        int classes = (int)tensors["cls_embedding.embedding_table.weight"].shape[0] - 1;
        var shape = GptShape.From(options.Model, tokenizer.CodebookSize, grid * grid, classes);
        var weights = new ParameterStore(shape.Layout, torch.CPU, trainable: false);
        weights.Load(tensors, folder);
        foreach (torch.Tensor tensor in tensors.Values) tensor.Dispose();
        return new TrainedModel(loaded.Manifest, options, new Gpt(shape, weights), tokenizer);
    }

    /// <summary>The configuration a checkpoint was trained with, with changes.</summary>
    /// <exception cref="ConfigurationException">The changes are wrong.</exception>
    public static StarlingOptions ConfigurationOf(CheckpointManifest manifest, IEnumerable<string> overrides) =>
        StarlingConfiguration.Parse(
            Resolved(manifest.Configuration), $"the checkpoint's {CheckpointManifest.FileName}", overrides);

    /// <summary>The classes' names, or their numbers where the data set is not at hand.</summary>
    public IReadOnlyList<string> ClassNames()
    {
        try
        {
            return ShardIndex.Open(DataFiles.Resolve(Options.Data.Files), Gpt.Shape.Classes).ClassNames;
        }
        catch (StarlingException)
        {
            return [.. Enumerable.Range(0, Gpt.Shape.Classes).Select(c => FormattableString.Invariant($"class {c}"))];
        }
    }

    // Runs store the identity beside the whole configuration.
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
