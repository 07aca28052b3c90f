using System.CommandLine;
using System.Globalization;
using Starling.Actors.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Data.Grids;
using Starling.Data.Images;
using Starling.Model.Checkpoints;
using Starling.Model.Sampling;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Commands.Models;

/// <summary><c>starling sample</c>: draws images from a checkpoint or a weight file.</summary>
internal sealed class SampleCommand(CommandContext context)
{
    private const int ImageScale = 2, MostAtATime = 64;

    private readonly Option<string> _checkpoint = CommonOptions.Checkpoint(required: false);
    private readonly Option<string?> _model = new("--model")
    {
        Description = "Instead of a checkpoint, a weight file such as `starling checkpoint import` writes",
        HelpName = "FILE",
    };

    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "The tokenizer's file, with --model [default: embedded]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _classes = new("--classes")
    {
        Description = "Class numbers, separated by commas [default: all, or the first 10]",
        HelpName = "0,3,5",
    };

    private readonly Option<int> _perClass = Number("--per-class", "Images of each class", 8);
    private readonly Option<double> _cfg = Number("--cfg", "Scale of classifier-free guidance; 1 for none", 2.0);
    private readonly Option<int> _topK = Number("--top-k", "Draws among the so many likeliest codes; 0 for all", 0);
    private readonly Option<double> _topP = Number(
        "--top-p", "Draws among the likeliest codes of this probability", 1.0);
    private readonly Option<double> _temperature = Number(
        "--temperature", "Divides the logits; 0 for the likeliest code", 1.0);
    private readonly Option<ulong> _seed = Number("--seed", "Seed of the draws", 0UL);
    private readonly Option<string> _weights = CommonOptions.Weights();
    private readonly Option<string> _out = new("--out")
    {
        Description = "PNG file to write",
        DefaultValueFactory = _ => "grid.png",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = CommonOptions.Set();

    public static Command Create(CommandContext context) => new SampleCommand(context).Build();

    private MakingCommand Build()
    {
        var command = new MakingCommand(
            "sample", "Draws images from a checkpoint or a weight file into one labelled grid.")
        {
            _checkpoint, _model, _tokenizer, _classes, _perClass, _cfg, _topK, _topP, _temperature, _seed, _weights,
            _out, _set,
        };
        command.SetAction((arguments, cancellationToken) => Task.FromResult(Run(arguments, cancellationToken)));
        return command;
    }

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        SamplingOptions sampling = Checked(new SamplingOptions
        {
            Cfg = arguments.GetValue(_cfg),
            TopK = arguments.GetValue(_topK),
            TopP = arguments.GetValue(_topP),
            Temperature = arguments.GetValue(_temperature),
        });
        int perClass = arguments.GetValue(_perClass);
        if (perClass is < 1 or > 10_000)
            throw new StarlingException($"--per-class {perClass}: must be between 1 and 10000");
        using TrainedModel model = Load(arguments);
        int[] classes = Classes(arguments.GetValue(_classes), model.Gpt.Shape.Classes);
        IReadOnlyList<string> names = model.ClassNames();
        int[] labels = [.. classes.SelectMany(c => Enumerable.Repeat(c, perClass))];
        RgbImage[] images = Draw(model, labels, sampling, arguments.GetValue(_seed), cancellationToken);

        string title = string.Create(CultureInfo.InvariantCulture,
            $"{model.Title} cfg {sampling.Cfg}");
        RgbImage grid = SampleGrid.Render([.. images.Chunk(perClass)], [.. classes.Select(c => names[c])],
            Math.Min(perClass, 16), ImageScale, title);
        string file = arguments.GetValue(_out)!;
        PngWriter.Write(file, grid);
        context.Out.WriteLine(file);
        return ExitCodes.Success;
    }

    private TrainedModel Load(ParseResult arguments)
    {
        string? checkpoint = arguments.GetValue(_checkpoint), file = arguments.GetValue(_model);
        string? tokenizer = arguments.GetValue(_tokenizer);
        string[] overrides = arguments.GetValue(_set) ?? [];
        if (checkpoint is null == file is null)
            throw new StarlingException("sample: give --checkpoint DIR or --model FILE, one of them");
        if (file is not null && (overrides.Length > 0 || arguments.GetResult(_weights) is { Implicit: false }))
            throw new StarlingException("sample: --set and --weights belong to --checkpoint, not to --model");
        if (file is not null) return TrainedModel.LoadFile(file, tokenizer ?? DataOptions.Embedded);
        if (tokenizer is not null)
            throw new StarlingException("sample: --tokenizer belongs to --model; a checkpoint's is named with " +
                "--set tokenizer.path=FILE");
        CheckpointPart part = CommonOptions.PartOf(arguments.GetValue(_weights)!);
        return TrainedModel.Load(CheckpointPaths.Resolve(checkpoint!), part, overrides);
    }

    private static RgbImage[] Draw(
        TrainedModel model, int[] labels, SamplingOptions sampling, ulong seed, CancellationToken cancellationToken)
    {
        int size = model.ImageSize;
        var images = new List<RgbImage>(labels.Length);
        foreach (int[] batch in labels.Chunk(MostAtATime))
        {
            using var scope = NewDisposeScope();
            Tensor codes_BT;
            using (Autocast.BFloat16(CPU, model.BFloat16))
                codes_BT = Sampler.Sample(model.Gpt, batch, sampling, seed, images.Count, cancellationToken);
            byte[] pixels = model.Tokenizer.Decode(codes_BT);
            images.AddRange(pixels.Chunk(3 * size * size).Select(p => RgbImage.FromPlanes(p, size, size)));
        }
        return [.. images];
    }

    private static int[] Classes(string? given, int count)
    {
        if (given is null) return [.. Enumerable.Range(0, Math.Min(count, 10))];
        return [.. given.Split(',', StringSplitOptions.TrimEntries).Select(Class)];

        int Class(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int c) && c < count
                ? c
                : throw new StarlingException($"--classes {given}: '{text}' is not a class; they are 0 to {count - 1}");
    }

    private static SamplingOptions Checked(SamplingOptions options) => CommonOptions.Checked(options, "sample");

    private static Option<T> Number<T>(string name, string description, T value) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        HelpName = "N",
    };
}
