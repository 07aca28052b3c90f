using Starling.Actors.Protocol;
using Starling.Data.Images;

namespace Starling.Actors.Tests.Commands.Models;

public sealed class SampleCommandTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TinyRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_grid_is_drawn_and_the_same_seed_draws_it_again()
    {
        Assert.Equal(ExitCodes.Success, await SampleAsync("a.png", "--seed", "3"));
        Assert.Equal(_run["a.png"], _runner.OutputLines[^1]);
        Assert.Equal(ExitCodes.Success, await SampleAsync("b.png", "--seed", "3"));
        Assert.Equal(ExitCodes.Success, await SampleAsync("c.png", "--seed", "4"));
        byte[] a = await File.ReadAllBytesAsync(_run["a.png"]);
        Assert.Equal(a, await File.ReadAllBytesAsync(_run["b.png"]));
        Assert.NotEqual(a, await File.ReadAllBytesAsync(_run["c.png"]));

        RgbImage grid = ImageDecoder.Default.Decode(a);
        Assert.True(grid.Width > 2 * 2 * 64 && grid.Height > 2 * 2 * 64, $"{grid.Width}x{grid.Height}");
    }

    [Fact]
    public async Task The_teacher_can_be_drawn_from_too() =>
        Assert.Equal(ExitCodes.Success, await SampleAsync("t.png", "--weights", "teacher"));

    [Theory]
    [InlineData("--classes 0,9: '9' is not a class; they are 0 to 8", "--classes", "0,9")]
    [InlineData("--classes x: 'x' is not a class", "--classes", "x")]
    [InlineData("tokenizer.path = none.safetensors: there is no such file", "--set", "tokenizer.path=none.safetensors")]
    public async Task A_mistake_is_one_clear_line(string expected, params string[] more)
    {
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync(["sample", "--checkpoint", _run.Path, .. more]));
        Assert.Contains(expected, Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task Another_tokenizer_than_the_one_trained_on_is_refused()
    {
        string other = _run["other.safetensors"];
        TinyRun.SaveTokenizer(other, seed: 2);
        Assert.Equal(ExitCodes.UserError, await SampleAsync("a.png", "--set", $"tokenizer.path={other}"));
        Assert.Contains("was trained with another tokenizer", Assert.Single(_runner.ErrorLines));
    }

    private Task<int> SampleAsync(string name, params string[] more) => _runner.RunAsync(
        ["sample", "--checkpoint", _run.Path, "--classes", "0,3", "--per-class", "2", "--out", _run[name], .. more]);
}
