using System.Text.Json;
using System.Text.Json.Nodes;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Training;
using Starling.Model.Transformer;
using TorchSharp;

namespace Starling.Actors.Tests.Commands;

/// <summary>Makes a run folder with an untrained tokenizer and a checkpoint of step 0.</summary>
internal sealed class TinyRun : IDisposable
{
    private readonly TestFolder _folder = new();

    public TinyRun()
    {
        LibTorch.Initialize();
        LibTorch.SetThreadsOfThisThread(1);
        SaveTokenizer(Tokenizer, seed: 1);
        Save();
    }

    public string Path => _folder.Path;

    public string Tokenizer => _folder["tokenizer.safetensors"];

    public string this[string name] => _folder[name];

    public static void SaveTokenizer(string path, ulong seed)
    {
        using var trainer = new TokenizerTrainer(new TokenizerTrainingOptions { Shape = Shape, Seed = seed });
        trainer.Save(path);
    }

    public void Dispose() => _folder.Dispose();

    public static VqShape Shape { get; } = new()
    {
        Ch = 8,
        ChMult = [1, 1, 1, 1],
        ResBlocks = 1,
        ZChannels = 8,
        CodebookSize = 16,
        CodebookDim = 4,
        NormGroups = 4,
    };

    private void Save()
    {
        StarlingOptions options = StarlingConfiguration.Read("configs/tiny.json", [$"tokenizer.path={Tokenizer}"]);
        GptShape shape = TransformerShapes.Transformer(options, classes: 9);
        using TrainingState state = TrainingState.Create(shape, options.SelfGuided, 0, torch.CPU);
        using var tokenizer = VqTokenizer.Load(Tokenizer);
        var configuration = new JsonObject { ["resolved"] = JsonNode.Parse(OptionsJson.Resolved(options)) };
        var run = new RunDescription(
            "tiny", JsonSerializer.SerializeToElement(configuration), "m", "d", tokenizer.Fingerprint);
        using var snapshot = new CheckpointSnapshot(
            0, 1, [.. state.Student.Weights.ToHost()], [.. state.Teacher.ToHost()], [], []);
        new CheckpointWriter(new CheckpointStore(CheckpointPaths.Of(Path)), TimeProvider.System)
            .Write(snapshot, run, new Dictionary<string, double>());
    }
}
