using Starling.Actors.Commands;

namespace Starling.Actors.Tests.Commands;

public sealed class DryRunTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TinyRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task The_plan_is_printed_and_nothing_is_trained()
    {
        _runner.OnTrain = (_, _) => throw new InvalidOperationException("trained");
        Assert.Equal(ExitCodes.Success, await DryRunAsync());
        Assert.Contains("\"globalBatch\": 8", _runner.Output);
        string[] parts =
        [
            "3372 pictures, 9 classes", "64 tokens of 16 codes", "student", "FLOP, without", "checkpoint  ",
            "for a trainer that hosts every replica", "teacher", "to an epoch", "matrix product measured",
        ];
        foreach (string expected in parts) Assert.Contains(expected, _runner.Output);
    }

    [Theory]
    [InlineData("data.imageSize = 60: must be a multiple of 8", "data.imageSize=60")]
    [InlineData("selfGuided.contrastSteps = 65: must not exceed the 64 tokens", "selfGuided.contrastSteps=65")]
    [InlineData("none.parquet", "data.files=none.parquet")]
    public async Task What_only_data_and_tokenizer_can_tell_is_told_before_a_run(string expected, string change)
    {
        Assert.Equal(ExitCodes.UserError, await DryRunAsync(change));
        Assert.Contains(expected, Assert.Single(_runner.ErrorLines));
    }

    private Task<int> DryRunAsync(params string[] changes) => _runner.RunAsync(
        ["train", "--dry-run", "--config", "configs/tiny.json",
            "--set", $"tokenizer.path={_run.Tokenizer}", .. changes]);
}
