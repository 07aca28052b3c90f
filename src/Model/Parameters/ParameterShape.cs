namespace Starling.Model.Parameters;

/// <summary>The name of a parameter in the state dictionary, and its shape.</summary>
/// <param name="Name">LlamaGen's name, for instance <c>layers.0.attention.wqkv.weight</c>.</param>
/// <param name="Shape">Its shape.</param>
public sealed record ParameterShape(string Name, params long[] Shape)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, d) => checked(product * d));

    /// <summary>
    /// Whether weight decay applies. LlamaGen's rule is that it applies to tensors of two or more dimensions; the gains
    /// of norms and the biases have one.
    /// </summary>
    public bool Decays => Shape.Length >= 2;
}
