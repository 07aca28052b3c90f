namespace Starling.Model.Transformer;

/// <summary>Shares of elements that dropout zeroes; LlamaGen: 0.1 each, none on attention weights.</summary>
/// <param name="Token">On the embedded sequence, class position included.</param>
/// <param name="Residual">On each attention output.</param>
/// <param name="Ffn">On each feed-forward output.</param>
public readonly record struct DropoutRates(double Token, double Residual, double Ffn)
{
    /// <summary>The rates of section <c>model</c> of the configuration.</summary>
    public static DropoutRates From(ModelOptions options) =>
        new(options.TokenDropout, options.ResidualDropout, options.FfnDropout);
}
