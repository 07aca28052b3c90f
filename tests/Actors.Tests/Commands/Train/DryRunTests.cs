using Starling.Actors.Protocol;

namespace Starling.Actors.Tests.Commands.Train;

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
            "3372 images, 9 classes", "64 tokens of 16 codes", "student", "FLOP in all, without", "checkpoint  ",
            "for a trainer that hosts every replica", "teacher", "to an epoch", "matrix product measured",
        ];
        foreach (string expected in parts) Assert.Contains(expected, _runner.Output);
        Assert.Matches("data fingerprint +[0-9a-f]{64}", _runner.Output);
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

    [Theory]
    [InlineData("data.expectedImages = 5: data.files = embedded has 3372", "data.expectedImages=5")]
    [InlineData("data.expectedClasses = 5: data.files = embedded has 9", "data.expectedClasses=5")]
    [InlineData("tokenizer.expectedCodes = 8: ", "tokenizer.expectedCodes=8")]
    [InlineData("tokenizer.expectedDownscale = 2: ", "tokenizer.expectedDownscale=2")]
    public async Task Files_are_held_against_what_is_expected_of_them(string expected, string change)
    {
        Assert.Equal(ExitCodes.UserError, await DryRunAsync(change));
        Assert.Contains(expected, Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task What_is_expected_stands_in_for_files_that_are_not_there()
    {
        Assert.Equal(ExitCodes.Success, await DryRunAsync(
            "data.files=none/*.parquet", "data.expectedImages=1000", "data.expectedClasses=7", "data.holdOut=0.25",
            "tokenizer.path=none.safetensors", "tokenizer.expectedCodes=512", "tokenizer.expectedDownscale=16"));
        string[] parts =
        [
            "1000 images, 7 classes", "16 tokens of 512 codes", "93 to an epoch",
            "data.files = none/*.parquet: not found here; counted with",
            "tokenizer.path = none.safetensors: not found here; counted with",
        ];
        foreach (string expected in parts) Assert.Contains(expected, _runner.Output);
        Assert.DoesNotContain("fingerprint", _runner.Output);
    }

    [Theory]
    [InlineData("data.files=none/*.parquet", "data.expectedImages=1000")]
    [InlineData("tokenizer.path=none.safetensors", "tokenizer.expectedCodes=512")]
    public async Task Half_of_what_is_expected_does_not_stand_in(string missing, string expectation)
    {
        Assert.Equal(ExitCodes.UserError, await DryRunAsync(missing, expectation));
        Assert.Contains("none", Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task A_damaged_shard_is_not_a_missing_one()
    {
        File.WriteAllText(_run["damaged.parquet"], "no shard");
        Assert.Equal(ExitCodes.UserError, await DryRunAsync(
            $"data.files={_run["damaged.parquet"]}", "data.expectedImages=1000", "data.expectedClasses=7"));
        Assert.Contains("damaged.parquet", Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task No_time_is_promised_for_a_device_that_is_not_measured()
    {
        Assert.Equal(ExitCodes.Success, await DryRunAsync("training.device=cuda"));
        Assert.Contains("not estimated", _runner.Output);
        Assert.DoesNotContain("measured for half a second", _runner.Output);
    }

    private Task<int> DryRunAsync(params string[] changes) => _runner.RunAsync(
        ["train", "--dry-run", "--config", "configs/tiny.json",
            "--set", $"tokenizer.path={_run.Tokenizer}", .. changes]);
}
