namespace Starling.Model.Parameters;

/// <summary>A parameter's state-dictionary name and shape.</summary>
/// <param name="Name">LlamaGen's name, e.g. <c>layers.0.attention.wqkv.weight</c>.</param>
/// <param name="Shape">Its shape.</param>
public sealed record ParameterShape(string Name, params long[] Shape)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, d) => checked(product * d));

    /// <summary>
    /// LlamaGen's rule: weight decay applies to tensors of two or more dimensions (norm gains and biases have one).
    /// </summary>
    public bool Decays => Shape.Length >= 2;
}
