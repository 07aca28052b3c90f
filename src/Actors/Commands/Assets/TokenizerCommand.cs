using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;

namespace Starling.Actors.Commands.Assets;

/// <summary>
/// <c>starling tokenizer</c>: <c>train</c> trains an image tokenizer, <c>reconstruct</c> shows its results.
/// </summary>
internal sealed class TokenizerCommand(CommandContext context)
{
    private readonly Option<string> _configuration = CommonOptions.Configuration("configs/tokenizer-emoji.json");
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<string> _tokenizer = new("--tokenizer")
    {
        Description = "The tokenizer's file",
        DefaultValueFactory = _ => DataOptions.Embedded,
        HelpName = "FILE",
    };

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Shards whose held-out images are shown",
        DefaultValueFactory = _ => [DataOptions.Embedded],
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int> _size = new("--image-size")
    {
        Description = "Side of the images in pixels",
        DefaultValueFactory = _ => 64,
        HelpName = "N",
    };

    private readonly Option<int> _count = new("--images", "--pictures")
    {
        Description = "How many",
        DefaultValueFactory = _ => 64,
        HelpName = "N",
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "PNG file to write: originals above their reconstructions",
        DefaultValueFactory = _ => "reconstructions.png",
        HelpName = "FILE",
    };

    public static Command Create(CommandContext context) => new TokenizerCommand(context).Build();

    private Command Build()
    {
        var train = new MakingCommand("train", "Trains a VQ tokenizer and writes it as one file.", keepsAtEnd: true)
        {
            _configuration, _set,
        };
        train.SetAction((arguments, cancellationToken) => Task.FromResult(TokenizerTrainRun.Run(
            arguments.GetValue(_configuration)!, arguments.GetValue(_set) ?? [], context, cancellationToken)));

        var reconstruct = new MakingCommand(
            "reconstruct", "Shows held-out images and what the tokenizer makes of them.")
        {
            _tokenizer, _data, _size, _count, _out,
        };
        reconstruct.SetAction(arguments =>
        {
            string summary = Reconstruction.Write(AssetFiles.Tokenizer(arguments.GetValue(_tokenizer)!),
                DataFiles.Resolve(arguments.GetValue(_data)!), arguments.GetValue(_size), arguments.GetValue(_count),
                arguments.GetValue(_out)!);
            context.Out.WriteLine(summary);
            context.Out.WriteLine(arguments.GetValue(_out));
            return ExitCodes.Success;
        });
        return new Command("tokenizer", "Trains and shows image tokenizers.") { train, reconstruct };
    }
}
