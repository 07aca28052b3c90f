using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.Protocol;
using Starling.Data;
using Starling.Model.Import;
using Starling.Model.Tensors;

namespace Starling.Actors.Commands.Checkpoints;

/// <summary><c>starling checkpoint import</c>: converts weights of other programs for this one.</summary>
internal sealed class ImportCommand(CommandContext context)
{
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "A .pt, .pth or .safetensors file with LlamaGen's names; nothing in it is executed",
    };

    private readonly Option<string> _kind = CommonOptions.Kind();
    private readonly Option<string?> _out = new("--out")
    {
        Description = "safetensors file to write, for sample --model, or as tokenizer.path",
        HelpName = "FILE",
    };

    private readonly Option<string?> _run = new("--run")
    {
        Description = "Makes a new run whose training starts from these weights (gpt only)",
        HelpName = "DIR",
    };

    private readonly Option<string> _configuration = CommonOptions.Configuration(ConfigurationFiles.Default);
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<string?> _container = new("--container")
    {
        Description = "Key of a PyTorch file to look under [default: the first of model, module, state_dict, ema]",
        HelpName = "KEY",
    };

    private readonly Option<int?> _heads = Number("--heads", "Attention heads, where the file does not tell");
    private readonly Option<int?> _tokens = Number("--tokens", "Tokens of an image, where the file does not tell");
    private readonly Option<bool> _force = CommonOptions.Force();

    public static Command Create(CommandContext context) => new ImportCommand(context).Build();

    private MakingCommand Build()
    {
        var command = new MakingCommand(
            "import", "Reads released LlamaGen weights: a transformer (gpt) or tokenizer (vq).")
        {
            _file, _kind, _out, _run, _configuration, _set, _container, _heads, _tokens, _force,
        };
        command.SetAction(arguments => Run(arguments));
        return command;
    }

    private int Run(ParseResult arguments)
    {
        (string file, string? output, string? run) =
            (arguments.GetValue(_file)!, arguments.GetValue(_out), arguments.GetValue(_run));
        bool isVq = arguments.GetValue(_kind) == CommonOptions.Vq;
        ImportOptions options = new()
        {
            Container = arguments.GetValue(_container),
            Heads = arguments.GetValue(_heads),
            Tokens = arguments.GetValue(_tokens),
        };
        if (output is null && run is null) throw new StarlingException("import: give --out FILE or --run DIR");
        if (isVq && (run is not null || options.Heads is not null || options.Tokens is not null))
            throw new StarlingException("import: --run, --heads and --tokens are for --kind gpt");
        if (output is not null) OutputFile.PrepareNew(output, arguments.GetValue(_force));
        LibTorch.Initialize();
        if (isVq)
        {
            using ImportedVq vq = ModelImport.Vq(file, options.Container);
            ImportReport.Write(context.Out, file, NetworkText.Of(vq.Shape), vq.Source);
            Write(output, path => ModelExport.Vq(path, vq.Shape, vq.Weights));
            return ExitCodes.Success;
        }

        using ImportedGpt gpt = ModelImport.Gpt(file, options);
        ImportReport.Write(context.Out, file, NetworkText.Of(gpt.Shape), gpt.Source);
        Write(output, path => ModelExport.Gpt(path, gpt.Shape, gpt.Weights));
        if (run is not null)
        {
            StarlingOptions configuration =
                StarlingConfiguration.Read(arguments.GetValue(_configuration)!, arguments.GetValue(_set) ?? []);
            context.Out.WriteLine(ImportedStart.Write(file, gpt, configuration, run, context.Time));
        }
        return ExitCodes.Success;
    }

    private void Write(string? path, Action<string> write)
    {
        if (path is null) return;
        write(path);
        context.Out.WriteLine(path);
    }

    private static Option<int?> Number(string name, string description) =>
        new(name) { Description = description, HelpName = "N" };
}
