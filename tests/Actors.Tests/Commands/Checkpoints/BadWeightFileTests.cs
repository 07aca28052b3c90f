using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Model.Tensors;
using TorchSharp;

namespace Starling.Actors.Tests.Commands.Checkpoints;

/// <summary>
/// Damaged and hostile files give exit code 2 and one line that names the file. They take bounded memory and leave no
/// file behind.
/// </summary>
public sealed class BadWeightFileTests : IDisposable
{
    /// <summary>More than the size of the largest file, and far less than the sizes that the files claim.</summary>
    private const long MemoryBound = 128L << 20;

    private const int LongestLine = 2500;

    private readonly TestFolder _folder = new();

    private string Bad => _folder["bad"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("overlapping", "overlaps")]
    [InlineData("outside", "ends outside the file")]
    [InlineData("huge header", "header claims 10000000000 bytes")]
    [InlineData("unknown type", "unknown dtype 'F33'")]
    [InlineData("many dimensions", "malformed")]
    [InlineData("hostile names", "tensor '??[2J?xxx")]
    [InlineData("truncated safetensors", "ends outside the file")]
    [InlineData("integers", "'tok_embeddings.weight'")]
    [InlineData("noise", "not a valid safetensors file")]
    [InlineData("empty", "too short")]
    [InlineData("folder", "is a folder")]
    [InlineData("missing", "cannot be read")]
    [InlineData("truncated zip", "perhaps truncated")]
    [InlineData("endless pickle", "nest")]
    [InlineData("bomb", "compressed")]
    [InlineData("huge view", "far more memory")]
    [InlineData("hostile", "'tok_embeddings.weight'")]
    [InlineData("old format", "before 1.6")]
    [InlineData("many names", "unexpected 2000 (")]
    public async Task Import_of_a_transformer_refuses(string what, string named)
    {
        BadWeightFiles.All[what](Bad);
        await AssertRefusedAsync(named,
            "checkpoint", "import", Bad, "--kind", "gpt", "--heads", "2", "--out", _folder["out.safetensors"]);
        Assert.False(File.Exists("PWNED_BY_PICKLE"));
        Assert.Empty(Directory.GetFiles(_folder.Path).Except([Bad]));
    }

    [Theory]
    [InlineData("integers", "not of a float type")]
    [InlineData("huge claim", "missing")]
    [InlineData("indivisible groups", "3 groups (norm_groups)")]
    [InlineData("truncated zip", "perhaps truncated")]
    [InlineData("hostile", "no tokenizer file")]
    [InlineData("many names", "no tokenizer file")]
    public async Task Import_of_a_tokenizer_refuses(string what, string named)
    {
        BadWeightFiles.All[what](Bad);
        await AssertRefusedAsync(named,
            "checkpoint", "import", Bad, "--kind", "vq", "--out", _folder["out.safetensors"]);
        Assert.Empty(Directory.GetFiles(_folder.Path).Except([Bad]));
    }

    [Theory]
    [InlineData("overlapping", "overlaps")]
    [InlineData("outside", "ends outside the file")]
    [InlineData("huge header", "header claims 10000000000 bytes")]
    [InlineData("unknown type", "unknown dtype 'F33'")]
    [InlineData("hostile names", "tensor '??[2J?xxx")]
    [InlineData("truncated safetensors", "ends outside the file")]
    [InlineData("indivisible groups", "3 groups (norm_groups)")]
    [InlineData("noise", "not a valid safetensors file")]
    [InlineData("folder", "there is no such file")]
    [InlineData("missing", "there is no such file")]
    [InlineData("truncated zip", "`starling checkpoint import`")]
    public async Task A_configuration_that_names_one_as_its_tokenizer_is_refused(string what, string named)
    {
        BadWeightFiles.All[what](Bad);
        await AssertRefusedAsync(named,
            "train", "--dry-run", "--config", "configs/tiny.json", "--set", $"tokenizer.path={Bad}");
    }

    [Theory]
    [InlineData("integers", "not of a float type")]
    [InlineData("huge claim", "missing")]
    public async Task Weights_that_a_tokenizers_header_does_not_show_to_be_bad_are_refused_when_they_are_read(
        string what, string named)
    {
        BadWeightFiles.All[what](Bad);
        await AssertRefusedAsync(named, "tokenizer", "reconstruct", "--tokenizer", Bad, "--out", _folder["out.png"]);
    }

    [Fact]
    public async Task Everything_that_does_not_fit_is_in_one_report()
    {
        WeightFiles.SaveGpt(Bad, tensors =>
        [
            .. tensors.Where(t => t.Name is not ("norm.weight" or "output.weight"))
                .Select(t => t.Name == "layers.0.ffn_norm.weight" ? t with { Type = torch.ScalarType.Int32 } : t),
            new HostTensor("output.weight", torch.ScalarType.Float32, [1, 1], new byte[4]),
            new HostTensor("extra", torch.ScalarType.Float32, [1], new byte[4]),
        ]);
        await AssertRefusedAsync("missing 1 (norm.weight) unexpected 1 (extra) " +
            "misshapen 1 (output.weight [1, 1] instead of [16, 16]) " +
            "not of a float type 1 (layers.0.ffn_norm.weight is Int32)",
            "checkpoint", "import", Bad, "--kind", "gpt", "--heads", "2", "--out", _folder["out.safetensors"]);
    }

    [Fact]
    public async Task Good_weights_beside_a_call_of_the_system_are_imported_and_the_call_is_not_made()
    {
        string marker = _folder["marker"];
        WeightFiles.SavePyTorch(Bad, pickle => pickle.Text("evil")
            .Global("posix", "system").Text($"touch {marker}").Raw(0x85).Op('R'));
        CommandRunner runner = new();
        Assert.Equal(ExitCodes.Success, await runner.RunAsync("checkpoint", "import", Bad, "--kind", "gpt",
            "--heads", "2", "--out", _folder["out.safetensors"]));
        Assert.Contains("  not executed  argparse.Namespace, posix.system", runner.OutputLines);
        Assert.False(File.Exists(marker));
    }

    private async Task AssertRefusedAsync(string named, params string[] command)
    {
        CommandRunner runner = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Task<int> running = runner.RunAsync(command);
        Assert.True(running.IsCompleted, "the command went on on another thread, so its memory was not measured");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryBound);
        Assert.True(await running == ExitCodes.UserError, runner.Output + runner.Error);
        string line = Assert.Single(runner.ErrorLines);
        Assert.Contains(Bad, line);
        Assert.Contains(named, line);
        Assert.InRange(line.Length, 1, LongestLine);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.Empty(runner.Output);
    }
}
