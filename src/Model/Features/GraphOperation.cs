namespace Starling.Model.Features;

/// <summary>One operation of a <see cref="ConvolutionGraph"/>, as the file's metadata spells it.</summary>
internal sealed record GraphOperation
{
    /// <summary>A convolution with bias (batch norm folded in), optionally followed by min(max(x, 0), 6).</summary>
    public const string Convolution = "conv";

    /// <summary>The sum of two or more feature maps.</summary>
    public const string Addition = "add";

    /// <summary>The mean over all positions, which stay as one: [B, C, H, W] to [B, C, 1, 1].</summary>
    public const string Pooling = "global_avg_pool";

    /// <summary>The name of the images.</summary>
    public const string Images = "input";

    public required string Op { get; init; }

    public required string Name { get; init; }

    public string? Input { get; init; }

    public IReadOnlyList<string>? Inputs { get; init; }

    public int Groups { get; init; } = 1;

    public int Stride { get; init; } = 1;

    public int Kernel { get; init; } = 1;

    public string Padding { get; init; } = "SAME";

    public bool Relu6 { get; init; }

    /// <summary>What it reads, whichever way that is written.</summary>
    public IReadOnlyList<string> Sources => Inputs ?? (Input is null ? [] : [Input]);
}
