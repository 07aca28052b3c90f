using System.ComponentModel.DataAnnotations;
using Starling.Model.Parameters;

namespace Starling.Model.Tokenizer;

/// <summary>
/// Size of LlamaGen's VQ model (tokenizer/tokenizer_image/vq_model.py). The defaults are VQ-16. Its dropout, 0 in every
/// released configuration, is left out.
/// </summary>
public sealed record VqShape
{
    /// <summary>LlamaGen's VQ-16: 344 state-dictionary tensors, 71,883,403 parameters.</summary>
    public static VqShape Vq16 { get; } = new();

    /// <summary>LlamaGen's VQ-8: 300 state-dictionary tensors, 70,109,835 parameters.</summary>
    public static VqShape Vq8 { get; } = new() { ChMult = [1, 2, 2, 4] };

    /// <summary>Channels that the multipliers refer to.</summary>
    [Range(1, 4096)]
    public int Ch { get; init; } = 128;

    /// <summary>Channel multiplier of each resolution, finest first; all but the last end in a halving.</summary>
    [MinLength(1), MaxLength(8)]
    public IReadOnlyList<int> ChMult { get; init; } = [1, 1, 2, 2, 4];

    /// <summary>The decoder's multipliers (finest first), as many as the encoder's; null for the encoder's.</summary>
    [MinLength(1), MaxLength(8)]
    public IReadOnlyList<int>? DecoderChMult { get; init; }

    /// <summary>Residual blocks of an encoder level; a decoder level has one more.</summary>
    [Range(1, 16)]
    public int ResBlocks { get; init; } = 2;

    /// <summary>Channels between the network and the 1×1 convolutions around the quantiser.</summary>
    [Range(1, 4096)]
    public int ZChannels { get; init; } = 256;

    /// <summary>Number of codes V.</summary>
    [Range(2, 1 << 20)]
    public int CodebookSize { get; init; } = 16384;

    /// <summary>Width of a code.</summary>
    [Range(1, 4096)]
    public int CodebookDim { get; init; } = 8;

    /// <summary>Groups of every GroupNorm; LlamaGen's 32 needs multiples of 32 channels.</summary>
    [Range(1, 1024)]
    public int NormGroups { get; init; } = 32;

    /// <summary>Image side divided by token-grid side.</summary>
    public int Downscale => 1 << (ChMult.Count - 1);

    /// <summary>Channels at an encoder level, 0 the finest.</summary>
    public int EncoderWidth(int level) => Ch * ChMult[level];

    /// <summary>Channels at a decoder level, 0 the finest.</summary>
    public int DecoderWidth(int level) => Ch * (DecoderChMult ?? ChMult)[level];

    /// <summary>Names, shapes and places of the parameters, in LlamaGen's order.</summary>
    public ParameterLayout Layout() => new(VqNames.Parameters(this));

    /// <inheritdoc/>
    public bool Equals(VqShape? other) => other is not null && VqMetadata.Describe(this) == VqMetadata.Describe(other);

    /// <inheritdoc/>
    public override int GetHashCode() => VqMetadata.Describe(this).GetHashCode(StringComparison.Ordinal);
}
