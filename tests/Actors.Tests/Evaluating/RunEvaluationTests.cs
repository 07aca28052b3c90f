using Starling.Actors.Configuration;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Evaluating;

public sealed class RunEvaluationTests(TinyAssets assets) : IDisposable
{
    private readonly RunBench _bench = new(assets);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_held_out_loss_does_not_depend_on_the_probe()
    {
        Assert.Equal(ExitCodes.Success, await _bench.TrainAsync("training.steps=4", "data.holdOut=0.3"));
        EvaluationReport with = await EvaluateAsync(), without = await EvaluateAsync("evaluation.probe.enabled=false");
        Assert.All(with.Results, r => Assert.True(r.HeldOutLoss > 0));
        Assert.Equal(with.Results.Select(r => r.HeldOutLoss), without.Results.Select(r => r.HeldOutLoss));
        Assert.All(with.Results, r => Assert.Single(r.Probe));
        Assert.All(without.Results, r => Assert.Empty(r.Probe));
    }

    private Task<EvaluationReport> EvaluateAsync(params string[] settings)
    {
        string checkpoint = CheckpointPaths.Resolve(_bench.Folder);
        StarlingOptions options = TrainedModel.ConfigurationOf(ManifestFile.Read(checkpoint), settings);
        return new EvaluationHost(TimeProvider.System).EvaluateAsync(
            checkpoint, options, TestContext.Current.CancellationToken);
    }
}
