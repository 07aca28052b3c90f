using Starling.Actors.Protocol;
using Starling.Model.Checkpoints;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Tests.Commands.Checkpoints;

public sealed class ExportCommandTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TinyRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("student")]
    [InlineData("teacher")]
    public async Task Export_import_and_export_again_keep_every_bit(string weights)
    {
        await SucceedAsync("checkpoint", "export", _run.Path, "--weights", weights, "--out", _run["a.safetensors"]);
        string stored = Path.Combine(CheckpointPaths.Resolve(_run.Path), $"{weights}.safetensors");
        Assert.Equal(WeightFiles.Bits(stored), WeightFiles.Bits(_run["a.safetensors"]));
        await SucceedAsync("checkpoint", "import", _run["a.safetensors"], "--kind", "gpt", "--out",
            _run["b.safetensors"]);
        Assert.Equal(await BytesAsync("a.safetensors"), await BytesAsync("b.safetensors"));
    }

    [Fact]
    public async Task A_network_is_exported_under_LlamaGens_names_alone()
    {
        await SucceedAsync("checkpoint", "export", _run.Path, "--out", _run["a.safetensors"]);
        SafetensorsHeader header = SafetensorsFile.ReadHeader(_run["a.safetensors"]);
        Assert.All(header.Entries, e => Assert.Matches(
            @"^(cls_embedding\.embedding_table|tok_embeddings|norm|output|layers\.\d+\.(attention\.(wqkv|wo)|" +
            @"feed_forward\.w[123]|attention_norm|ffn_norm))\.weight$", e.Name));
        Assert.All(header.Entries, e => Assert.Equal("F32", SafetensorsHeader.NameOf(e.Type)));
        Assert.Equal(_run["a.safetensors"], _runner.OutputLines[^1]);
        Assert.StartsWith("tiny step 0 student: ", _runner.OutputLines[^2]);
    }

    [Fact]
    public async Task A_tokenizer_goes_out_and_in_again_with_every_bit()
    {
        await SucceedAsync("checkpoint", "export", _run.Tokenizer, "--kind", "vq", "--out", _run["a.safetensors"]);
        await SucceedAsync("checkpoint", "import", _run["a.safetensors"], "--kind", "vq", "--out",
            _run["b.safetensors"]);
        Assert.Equal(await BytesAsync("a.safetensors"), await BytesAsync("b.safetensors"));
        using VqTokenizer before = VqTokenizer.Load(_run.Tokenizer), after = VqTokenizer.Load(_run["b.safetensors"]);
        Assert.Equal(before.Fingerprint, after.Fingerprint);
        Assert.Equal(VqNames.Parameters(TinyRun.Shape).Select(p => p.Name).Order(StringComparer.Ordinal),
            SafetensorsFile.ReadHeader(_run["a.safetensors"]).Entries.Select(e => e.Name));
    }

    [Theory]
    [InlineData("there is no folder none", "none")]
    [InlineData("--kind vq for a tokenizer", "TOKENIZER")]
    [InlineData("tokenizer.path = none: there is no such file", "none", "--kind", "vq")]
    [InlineData("is a folder", "RUN", "--out", "RUN")]
    public async Task A_mistake_is_one_clear_line(string named, params string[] arguments)
    {
        IEnumerable<string> given =
            arguments.Select(a => a == "RUN" ? _run.Path : a == "TOKENIZER" ? _run.Tokenizer : a);
        string[] output = arguments.Contains("--out") ? [] : ["--out", _run["a.safetensors"]];
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync(["checkpoint", "export", .. given, .. output]));
        Assert.Contains(named, Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task A_file_is_replaced_only_when_told_to()
    {
        string[] export = ["checkpoint", "export", _run.Path, "--out", _run["a.safetensors"]];
        await SucceedAsync(export);
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync(export));
        Assert.Contains("--force", Assert.Single(_runner.ErrorLines));
        await SucceedAsync([.. export, "--force"]);
    }

    private async Task SucceedAsync(params string[] command) =>
        Assert.True(await _runner.RunAsync(command) == ExitCodes.Success, _runner.Error);

    private Task<byte[]> BytesAsync(string name) => File.ReadAllBytesAsync(_run[name]);
}
