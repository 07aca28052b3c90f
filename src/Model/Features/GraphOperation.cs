namespace Starling.Model.Features;

/// <summary>
/// One operation of a <see cref="ConvolutionGraph"/>. The properties have the names that the <c>arch</c> entry of the
/// weight file uses.
/// </summary>
internal sealed record GraphOperation
{
    /// <summary>
    /// A convolution with bias, into which batch norm has been folded. min(max(x, 0), 6) may follow.
    /// </summary>
    public const string Convolution = "conv";

    /// <summary>The sum of two or more feature maps.</summary>
    public const string Addition = "add";

    /// <summary>The mean over all positions: [B, C, H, W] to [B, C, 1, 1].</summary>
    public const string Pooling = "global_avg_pool";

    /// <summary>The name by which operations refer to the network's input images.</summary>
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

    /// <summary>Names of the maps that the operation reads, from <see cref="Input"/> or <see cref="Inputs"/>.</summary>
    public IReadOnlyList<string> Sources => Inputs ?? (Input is null ? [] : [Input]);
}
