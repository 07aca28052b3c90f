using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Model.Parameters;
using Starling.Model.Tensors;

namespace Starling.Actors.Tests.Commands.Checkpoints;

public sealed class ImportCommandTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TestFolder _folder = new();

    private string Out => _folder["imported.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_transformer_of_torch_save_is_imported_bit_for_bit_and_everything_about_it_is_said()
    {
        WeightFiles.SavePyTorch(_folder["c2i.pt"]);
        await ImportAsync("c2i.pt", "gpt", "--heads", "2");
        using ParameterStore expected = WeightFiles.Random(WeightFiles.Gpt.Layout);
        Assert.Equal(WeightFiles.Bits(expected.ToHost()), WeightFiles.Bits(Out));
        Assert.Equal(
            [
                $"{_folder["c2i.pt"]}: a transformer of LlamaGen's form, width 16, 2 layers, 2 heads, 16 codes, " +
                $"3 classes, 4x4 tokens, {WeightFiles.Gpt.Layout.Count:N0} parameters",
                "  taken from    'model'", "  also there    args", "  not executed  argparse.Namespace", Out,
            ],
            _runner.OutputLines);
    }

    [Fact]
    public async Task What_was_assumed_is_said_and_kept_for_the_next_program()
    {
        WeightFiles.SaveGpt(_folder["raw.safetensors"], tensors => tensors);
        await ImportAsync("raw.safetensors", "gpt", "--heads", "4");
        Assert.Contains("  assumed       256 tokens (--tokens)", _runner.OutputLines);
        IReadOnlyDictionary<string, string> metadata = SafetensorsFile.ReadHeader(Out).Metadata;
        Assert.Equal(("4", "256"), (metadata["n_head"], metadata["block_size"]));
    }

    [Fact]
    [Trait("Category", "Golden")]
    public async Task LlamaGens_own_training_file_is_imported()
    {
        await ImportAsync(WeightFiles.Golden("pt/gpt_ddp.pt"), "gpt", "--heads", "1");
        Assert.Equal(WeightFiles.Bits(WeightFiles.Golden("pt/gpt_expected.safetensors")), WeightFiles.Bits(Out));
        Assert.Contains("  not executed  argparse.Namespace", _runner.OutputLines);
    }

    [Fact]
    public async Task An_imported_transformer_and_tokenizer_draw_images()
    {
        TinyRun.SaveTokenizer(_folder["raw.safetensors"], seed: 1);
        await ImportAsync("raw.safetensors", "vq");
        File.Move(Out, _folder["vq.safetensors"]);
        WeightFiles.SavePyTorch(_folder["c2i.pt"]);
        await ImportAsync("c2i.pt", "gpt", "--heads", "2");

        byte[] first = await SampleAsync("3"), again = await SampleAsync("3"), other = await SampleAsync("4");
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        await SucceedAsync("tokenizer", "reconstruct", "--tokenizer", _folder["vq.safetensors"], "--images", "2",
            "--out", _folder["images.png"]);
    }

    [Fact]
    public async Task A_transformer_and_a_tokenizer_with_other_codes_do_not_go_together()
    {
        WeightFiles.SaveGpt(_folder["gpt.safetensors"]);
        await RefuseAsync("was trained on 16 codes, embedded has 1024",
            "sample", "--model", _folder["gpt.safetensors"]);
    }

    [Theory]
    [InlineData("give --checkpoint DIR or --model FILE")]
    [InlineData("give --checkpoint DIR or --model FILE", "--model", "a", "--checkpoint", "b")]
    [InlineData("belong to --checkpoint", "--model", "a", "--weights", "teacher")]
    [InlineData("belong to --checkpoint", "--model", "a", "--set", "tokenizer.path=b")]
    [InlineData("belongs to --model", "--checkpoint", "a", "--tokenizer", "b")]
    public async Task Options_of_sample_that_say_nothing_together_are_refused(string named, params string[] options) =>
        await RefuseAsync(named, ["sample", .. options]);

    [Theory]
    [InlineData("give --out FILE or --run DIR", "gpt")]
    [InlineData("are for --kind gpt", "vq", "--run", "r")]
    [InlineData("are for --kind gpt", "vq", "--out", "o", "--heads", "2")]
    public async Task Options_of_import_that_say_nothing_together_are_refused(
        string named, string kind, params string[] options) =>
        await RefuseAsync(named, ["checkpoint", "import", "a.pt", "--kind", kind, .. options]);

    [Fact]
    public async Task A_file_is_replaced_only_when_told_to()
    {
        WeightFiles.SaveGpt(_folder["gpt.safetensors"]);
        await File.WriteAllTextAsync(Out, "precious");
        string[] import = ["checkpoint", "import", _folder["gpt.safetensors"], "--kind", "gpt", "--out", Out];
        await RefuseAsync($"{Out} exists", import);
        Assert.Equal("precious", await File.ReadAllTextAsync(Out));
        await SucceedAsync([.. import, "--force"]);
        Assert.Equal(WeightFiles.Bits(_folder["gpt.safetensors"]), WeightFiles.Bits(Out));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_named_before_anything_is_read()
    {
        string[] import = ["checkpoint", "import", _folder["none.pt"], "--kind", "gpt", "--out"];
        await RefuseAsync("is a folder", [.. import, _folder.Path]);
        await File.WriteAllTextAsync(_folder["file"], "");
        await RefuseAsync("cannot be written", [.. import, Path.Combine(_folder["file"], "a.safetensors")]);
    }

    private Task ImportAsync(string file, string kind, params string[] options) => SucceedAsync(
        ["checkpoint", "import", Path.Combine(_folder.Path, file), "--kind", kind, "--out", Out, .. options]);

    private async Task<byte[]> SampleAsync(string seed)
    {
        await SucceedAsync("sample", "--model", Out, "--tokenizer", _folder["vq.safetensors"], "--per-class", "2",
            "--seed", seed, "--out", _folder["grid.png"]);
        return await File.ReadAllBytesAsync(_folder["grid.png"]);
    }

    private async Task SucceedAsync(params string[] command) =>
        Assert.True(await _runner.RunAsync(command) == ExitCodes.Success, _runner.Error);

    private static async Task RefuseAsync(string named, params string[] command)
    {
        CommandRunner runner = new();
        Assert.Equal(ExitCodes.UserError, await runner.RunAsync(command));
        Assert.Contains(named, Assert.Single(runner.ErrorLines));
    }
}
