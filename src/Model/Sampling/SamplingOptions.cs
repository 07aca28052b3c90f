using System.ComponentModel.DataAnnotations;

namespace Starling.Model.Sampling;

/// <summary>
/// How tokens are drawn. The defaults are those of LlamaGen's measurements of FID, with its guidance for size B.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>
    /// s, the scale of classifier-free guidance: logits = u + s·(c − u), where c are the logits for the class and u
    /// those for the null class. 1 means no guidance.
    /// </summary>
    [Range(1.0, 1000.0)]
    public double Cfg { get; init; } = 2.0;

    /// <summary>k of top-k, which keeps the k most likely tokens; 0 keeps all.</summary>
    [Range(0, int.MaxValue)]
    public int TopK { get; init; }

    /// <summary>
    /// p of top-p, which keeps the most likely tokens until their probabilities together exceed p; 1 keeps all.
    /// </summary>
    [Range(0.0, 1.0)]
    public double TopP { get; init; } = 1.0;

    /// <summary>The temperature, by which logits are divided; 0 takes the most likely token.</summary>
    [Range(0.0, 1000.0)]
    public double Temperature { get; init; } = 1.0;

    /// <summary>
    /// The last decoding step with guidance, counted from 0 at the second token as in LlamaGen; −1 for guidance at all
    /// steps.
    /// </summary>
    [Range(-1, int.MaxValue)]
    public int CfgInterval { get; init; } = -1;

    /// <summary>Whether the most likely token is always taken, so that nothing is random.</summary>
    public bool Greedy => Temperature == 0;

    /// <summary>Makes the options that take the most likely tokens, at a scale of guidance.</summary>
    public static SamplingOptions GreedyAt(double cfg) => new() { Cfg = cfg, Temperature = 0 };

    /// <summary>Gives the scale of guidance for the token at <paramref name="position"/>, from 0.</summary>
    internal double CfgAt(int position) => CfgInterval > -1 && position - 1 > CfgInterval ? 1 : Cfg;
}
