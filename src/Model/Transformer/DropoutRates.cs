namespace Starling.Model.Transformer;

/// <summary>
/// Fractions of elements that dropout sets to zero. LlamaGen uses 0.1 for each, and no dropout on attention weights.
/// </summary>
/// <param name="Token">Rate on the embedded sequence, class position included.</param>
/// <param name="Residual">Rate on the attention output of each block.</param>
/// <param name="Ffn">Rate on the feed-forward output of each block.</param>
public readonly record struct DropoutRates(double Token, double Residual, double Ffn)
{
    /// <summary>The rates of section <c>model</c> of the configuration.</summary>
    public static DropoutRates From(ModelOptions options) =>
        new(options.TokenDropout, options.ResidualDropout, options.FfnDropout);
}
