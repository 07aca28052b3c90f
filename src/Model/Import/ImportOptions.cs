namespace Starling.Model.Import;

/// <summary>Settings that a weight file may not contain.</summary>
public sealed record ImportOptions
{
    /// <summary>
    /// The key of a PyTorch file under which the weights are; by default see <see cref="WeightFile.Read"/>.
    /// </summary>
    public string? Container { get; init; }

    /// <summary>
    /// Number of attention heads. By default the number in the file, else that of the preset of this width and depth,
    /// else D / 64 as in LlamaGen's other sizes.
    /// </summary>
    public int? Heads { get; init; }

    /// <summary>Number of tokens of an image. By default the number in the file, else 256 (16×16).</summary>
    public int? Tokens { get; init; }
}
