using System.ComponentModel.DataAnnotations;
using Starling.Model.Parameters;

namespace Starling.Model.Tokenizer;

/// <summary>
/// Size of LlamaGen's VQ model (tokenizer/tokenizer_image/vq_model.py). The defaults are VQ-16. LlamaGen's dropout is
/// left out, because it is 0 in every released configuration.
/// </summary>
public sealed record VqShape
{
    /// <summary>LlamaGen's VQ-16: 344 state-dictionary tensors, 71,883,403 parameters.</summary>
    public static VqShape Vq16 { get; } = new();

    /// <summary>LlamaGen's VQ-8: 300 state-dictionary tensors, 70,109,835 parameters.</summary>
    public static VqShape Vq8 { get; } = new() { ChMult = [1, 2, 2, 4] };

    /// <summary>Number of channels that the multipliers refer to.</summary>
    [Range(1, 4096)]
    public int Ch { get; init; } = 128;

    /// <summary>
    /// Channel multiplier of each resolution, the finest first. Each resolution but the last ends in a halving of the
    /// image.
    /// </summary>
    [MinLength(1), MaxLength(8)]
    public IReadOnlyList<int> ChMult { get; init; } = [1, 1, 2, 2, 4];

    /// <summary>
    /// Channel multipliers of the decoder, the finest first, as many as the encoder's; null for the same as the
    /// encoder's.
    /// </summary>
    [MinLength(1), MaxLength(8)]
    public IReadOnlyList<int>? DecoderChMult { get; init; }

    /// <summary>Number of residual blocks in an encoder level. A decoder level has one more.</summary>
    [Range(1, 16)]
    public int ResBlocks { get; init; } = 2;

    /// <summary>Number of channels outside the two 1×1 convolutions around the quantizer.</summary>
    [Range(1, 4096)]
    public int ZChannels { get; init; } = 256;

    /// <summary>Number of codes V.</summary>
    [Range(2, 1 << 20)]
    public int CodebookSize { get; init; } = 16384;

    /// <summary>Width of a code.</summary>
    [Range(1, 4096)]
    public int CodebookDim { get; init; } = 8;

    /// <summary>Number of groups of every GroupNorm. LlamaGen's 32 needs channels in multiples of 32.</summary>
    [Range(1, 1024)]
    public int NormGroups { get; init; } = 32;

    /// <summary>Side of an image divided by the side of its grid of codes.</summary>
    public int Downscale => 1 << (ChMult.Count - 1);

    /// <summary>Returns the number of channels at an encoder level. Level 0 is the finest.</summary>
    public int EncoderWidth(int level) => Ch * ChMult[level];

    /// <summary>Returns the number of channels at a decoder level. Level 0 is the finest.</summary>
    public int DecoderWidth(int level) => Ch * (DecoderChMult ?? ChMult)[level];

    /// <summary>Returns names, shapes and places of the parameters, in LlamaGen's order.</summary>
    public ParameterLayout Layout() => new(VqNames.Parameters(this));

    /// <inheritdoc/>
    public bool Equals(VqShape? other) => other is not null && VqMetadata.Describe(this) == VqMetadata.Describe(other);

    /// <inheritdoc/>
    public override int GetHashCode() => VqMetadata.Describe(this).GetHashCode(StringComparison.Ordinal);
}
