using System.ComponentModel.DataAnnotations;
using Starling.Model.Parameters;

namespace Starling.Model.Features;

/// <summary>
/// Size of an <see cref="ImageClassifier"/>. The network is a convolution of stride 2, then levels of one residual
/// block each with the image halved between them, then the mean over positions and a linear head.
/// </summary>
public sealed record ClassifierShape
{
    /// <summary>Channels of each level, finest first; the last is the width of the features.</summary>
    [MinLength(1), MaxLength(8)]
    public IReadOnlyList<int> Widths { get; init; } = [32, 64, 128, 128];

    /// <summary>Number of classes.</summary>
    [Range(2, 100_000)]
    public int Classes { get; init; } = 9;

    /// <summary>Groups of every GroupNorm.</summary>
    [Range(1, 1024)]
    public int NormGroups { get; init; } = 8;

    /// <summary>Returns names, shapes and places of the parameters.</summary>
    public ParameterLayout Layout()
    {
        List<ParameterShape> names = [.. Convolution("stem", Widths[0], 3)];
        for (int level = 0, from = Widths[0]; level < Widths.Count; from = Widths[level++])
        {
            int width = Widths[level];
            if (level > 0) names.AddRange(Convolution($"levels.{level}.down", width, from));
            for (int i = 1; i <= 2; i++)
            {
                names.AddRange(Vector($"levels.{level}.norm{i}", width));
                names.AddRange(Convolution($"levels.{level}.conv{i}", width, width));
            }
        }
        names.AddRange(Vector("norm", Widths[^1]));
        return new([.. names, new("head.weight", Classes, Widths[^1]), new("head.bias", Classes)]);
    }

    private static ParameterShape[] Vector(string name, int width) =>
        [new($"{name}.weight", width), new($"{name}.bias", width)];

    private static ParameterShape[] Convolution(string name, int to, int from) =>
        [new($"{name}.weight", to, from, 3, 3), new($"{name}.bias", to)];
}
