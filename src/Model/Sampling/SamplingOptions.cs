using System.ComponentModel.DataAnnotations;

namespace Starling.Model.Sampling;

/// <summary>How tokens are drawn. The defaults are LlamaGen's for measuring FID, at its guidance for size B.</summary>
public sealed record SamplingOptions
{
    /// <summary>Guidance s: logits = u + s·(c − u) from the null class's and the class's. 1 is none.</summary>
    [Range(1.0, 1000.0)]
    public double Cfg { get; init; } = 2.0;

    /// <summary>Only the k most likely tokens; 0 for all.</summary>
    [Range(0, int.MaxValue)]
    public int TopK { get; init; }

    /// <summary>Only the most likely tokens whose probabilities first exceed p together; 1 for all.</summary>
    [Range(0.0, 1.0)]
    public double TopP { get; init; } = 1.0;

    /// <summary>Logits are divided by this; 0 takes the most likely token.</summary>
    [Range(0.0, 1000.0)]
    public double Temperature { get; init; } = 1.0;

    /// <summary>
    /// Guidance ends after this decoding step, counted from 0 at the second token as in LlamaGen; −1 for never.
    /// </summary>
    [Range(-1, int.MaxValue)]
    public int CfgInterval { get; init; } = -1;

    /// <summary>The most likely token always; nothing random.</summary>
    public bool Greedy => Temperature == 0;

    /// <summary>The most likely tokens, without randomness, at a guidance scale.</summary>
    public static SamplingOptions GreedyAt(double cfg) => new() { Cfg = cfg, Temperature = 0 };

    /// <summary>The scale of guidance for the token at <paramref name="position"/> (0 for the first).</summary>
    internal double CfgAt(int position) => CfgInterval > -1 && position - 1 > CfgInterval ? 1 : Cfg;
}
