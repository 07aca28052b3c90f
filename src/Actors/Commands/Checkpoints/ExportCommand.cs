using System.CommandLine;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Import;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;

namespace Starling.Actors.Commands.Checkpoints;

/// <summary>
/// <c>starling checkpoint export</c>: writes one network as a file that LlamaGen's own code can load.
/// </summary>
internal sealed class ExportCommand(CommandContext context)
{
    private readonly Argument<string> _source = new("DIR")
    {
        Description = "A checkpoint, or a run for its newest; with --kind vq a tokenizer's file, or embedded",
    };

    private readonly Option<string> _kind = CommonOptions.Kind();
    private readonly Option<string> _weights = CommonOptions.Weights();
    private readonly Option<string> _out = new("--out")
    {
        Description = "safetensors file to write",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<bool> _force = CommonOptions.Force();

    public static Command Create(CommandContext context) => new ExportCommand(context).Build();

    private MakingCommand Build()
    {
        _kind.Required = false;
        _kind.DefaultValueFactory = _ => CommonOptions.Gpt;
        var command = new MakingCommand("export", "Writes float32 weights as safetensors under LlamaGen's names.")
        {
            _source, _kind, _weights, _out, _set, _force,
        };
        command.SetAction(arguments => Run(arguments));
        return command;
    }

    private int Run(ParseResult arguments)
    {
        (string source, string output) = (arguments.GetValue(_source)!, arguments.GetValue(_out)!);
        OutputFile.PrepareNew(output, arguments.GetValue(_force));
        LibTorch.Initialize();
        string network = arguments.GetValue(_kind) == CommonOptions.Vq
            ? ExportVq(AssetFiles.Tokenizer(source), output)
            : ExportGpt(source, output, arguments);
        context.Out.WriteLine(network);
        context.Out.WriteLine(output);
        return ExitCodes.Success;
    }

    private string ExportGpt(string source, string output, ParseResult arguments)
    {
        if (File.Exists(source))
            throw new StarlingException($"{source} is a file: give a run or checkpoint, or --kind vq for a tokenizer");
        CheckpointPart part = CommonOptions.PartOf(arguments.GetValue(_weights)!);
        using TrainedModel model =
            TrainedModel.Load(CheckpointPaths.Resolve(source), part, arguments.GetValue(_set) ?? []);
        ModelExport.Gpt(output, model.Gpt.Shape, model.Gpt.Weights);
        return $"{model.Title}: {NetworkText.Of(model.Gpt.Shape)}";
    }

    private static string ExportVq(string source, string output)
    {
        using ImportedVq tokenizer = ModelImport.Vq(source);
        ModelExport.Vq(output, tokenizer.Shape, tokenizer.Weights);
        return $"{source}: {NetworkText.Of(tokenizer.Shape)}";
    }
}
