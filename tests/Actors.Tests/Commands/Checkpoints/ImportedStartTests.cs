using Starling.Actors.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Hosting;
using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;
using Starling.Model.Import;
using Starling.Model.Training;
using Starling.Model.Transformer;
using TorchSharp;

namespace Starling.Actors.Tests.Commands.Checkpoints;

/// <summary>Training that starts from weights of another program.</summary>
public sealed class ImportedStartTests(TinyAssets assets, ReferenceRun reference)
    : IClassFixture<ReferenceRun>, IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly RunBench _bench = new(assets);

    private string Weights => _bench["start.safetensors"];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_run_that_starts_from_the_weights_it_would_have_drawn_itself_ends_in_the_same_state()
    {
        SaveInitialWeights(shape => shape);
        Assert.True(await ImportAsync() == ExitCodes.Success, _runner.Error);
        Assert.EndsWith(Path.Combine("run", "checkpoints", "0"), _runner.OutputLines[^1]);
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync());
        Assert.Equal(reference.Hash, _bench.Hash);
    }

    [Fact]
    public async Task Student_and_teacher_are_the_weights_and_no_second_import_replaces_them()
    {
        SaveInitialWeights(shape => shape, seed: 7);
        Assert.True(await ImportAsync() == ExitCodes.Success, _runner.Error);
        string start = _bench.Hash, checkpoint = CheckpointPaths.Resolve(_bench.Folder);
        foreach (string part in (string[])["student", "teacher"])
            Assert.Equal(WeightFiles.Bits(Weights), WeightFiles.Bits(Path.Combine(checkpoint, $"{part}.safetensors")));

        SaveInitialWeights(shape => shape, seed: 8);
        Assert.Equal(ExitCodes.UserError, await ImportAsync());
        Assert.Contains("holds checkpoints already", Assert.Single(_runner.ErrorLines));
        Assert.Equal(start, _bench.Hash);
    }

    [Fact]
    public async Task Weights_of_another_number_of_tokens_fit()
    {
        SaveInitialWeights(shape => shape with { Tokens = 64 });
        Assert.True(await ImportAsync() == ExitCodes.Success, _runner.Error);
    }

    [Fact]
    public async Task Weights_of_another_network_are_refused_and_no_run_is_begun()
    {
        SaveInitialWeights(shape => shape with { Heads = 2 * shape.Heads });
        Assert.Equal(ExitCodes.UserError, await ImportAsync());
        Assert.Contains("does not fit the configuration", Assert.Single(_runner.ErrorLines));
        Assert.False(Directory.Exists(_bench.Folder));
    }

    private Task<int> ImportAsync() => _runner.RunAsync(["checkpoint", "import", Weights, "--kind", "gpt",
        "--run", _bench.Folder, "--config", "configs/tiny.json", "--set", .. RunBench.Settings(assets)]);

    private void SaveInitialWeights(Func<GptShape, GptShape> change, ulong? seed = null)
    {
        StarlingOptions options = StarlingConfiguration.Read("configs/tiny.json", [.. RunBench.Settings(assets)]);
        GptShape shape = RunContext.Open(options, _bench.Folder).Shape;
        using TrainingState state =
            TrainingState.Create(shape, options.SelfGuided, seed ?? options.Seed, torch.CPU);
        ModelExport.Gpt(Weights, change(shape), state.Student.Weights);
    }
}
