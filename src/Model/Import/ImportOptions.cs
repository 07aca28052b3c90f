namespace Starling.Model.Import;

/// <summary>What a weight file does not tell.</summary>
public sealed record ImportOptions
{
    /// <summary>The key of a PyTorch file to look under; by default see <see cref="WeightFile.Read"/>.</summary>
    public string? Container { get; init; }

    /// <summary>
    /// Attention heads. By default what the file says, else those of the preset of this width and depth, else D / 64 as
    /// in LlamaGen's other sizes.
    /// </summary>
    public int? Heads { get; init; }

    /// <summary>Tokens of an image. By default what the file says, else 256 (16×16).</summary>
    public int? Tokens { get; init; }
}
