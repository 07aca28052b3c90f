using System.ComponentModel.DataAnnotations;

namespace Starling.Model.Transformer;

/// <summary>
/// The transformer's size and dropout. A preset gives the sizes; a size that is given here replaces the preset's.
/// </summary>
public sealed record ModelOptions
{
    /// <summary>The name of one of LlamaGen's sizes: B, L, XL, XXL or 3B; null if all sizes are given here.</summary>
    public string? Preset { get; init; }

    /// <summary>Width D.</summary>
    [Range(8, 65536)]
    public int? Dim { get; init; }

    /// <summary>Number of blocks.</summary>
    [Range(1, 1000)]
    public int? Layers { get; init; }

    /// <summary>
    /// Number of attention heads. It must divide the width, and the width of one head must be a multiple of 4.
    /// </summary>
    [Range(1, 1024)]
    public int? Heads { get; init; }

    /// <summary>The SwiGLU width ⌊8D/3⌋ is rounded up to a multiple of this (LlamaGen: 256).</summary>
    [Range(1, 65536)]
    public int FfnMultiple { get; init; } = 256;

    /// <summary>Dropout on the embedded tokens (LlamaGen: 0.1).</summary>
    [Range(0.0, 0.99)]
    public double TokenDropout { get; init; } = 0.1;

    /// <summary>Dropout on the attention output (LlamaGen: 0.1).</summary>
    [Range(0.0, 0.99)]
    public double ResidualDropout { get; init; } = 0.1;

    /// <summary>Dropout on the feed-forward output (LlamaGen: 0.1).</summary>
    [Range(0.0, 0.99)]
    public double FfnDropout { get; init; } = 0.1;

    /// <summary>Probability that a sample's class is replaced by the null class (LlamaGen: 0.1).</summary>
    [Range(0.0, 1.0)]
    public double ClassDropout { get; init; } = 0.1;
}
