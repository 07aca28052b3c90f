using System.CommandLine;

namespace Starling.Actors.Commands.Assets;

/// <summary><c>starling features train</c>: trains a classifier for Frechet distances.</summary>
internal static class FeaturesCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string> configuration = CommonOptions.Configuration("configs/features-emoji.json");
        Option<string[]> set = CommonOptions.Set();
        var train = new MakingCommand(
            "train", "Trains a small image classifier, to measure Frechet distances on.", keepsAtEnd: true)
        {
            configuration, set,
        };
        train.SetAction((arguments, cancellationToken) => Task.FromResult(FeatureTrainRun.Run(
            arguments.GetValue(configuration)!, arguments.GetValue(set) ?? [], context, cancellationToken)));
        return new Command("features", "Trains the network that images are compared with.") { train };
    }
}
