using Starling.Model.Parameters;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Starling.Model.SelfGuided;

/// <summary>
/// The student-side projector f: D → D before the contrastive losses (paper section 3.3.2, "several MLPs"):
/// Linear–SiLU–Linear–SiLU–Linear with biases. No batch norm: the explicit negatives already prevent collapse, and it
/// would leak across the batch.
/// </summary>
public sealed class Projector(ParameterStore weights)
{
    private const double InitialDeviation = 0.02;

    /// <summary>Names and shapes, as a sequential module's: 0, 2 and 4 are the linear layers.</summary>
    public static ParameterLayout Layout(long dim, long hidden) => new(
    [
        new ParameterShape("0.weight", hidden, dim), new ParameterShape("0.bias", hidden),
        new ParameterShape("2.weight", hidden, hidden), new ParameterShape("2.bias", hidden),
        new ParameterShape("4.weight", dim, hidden), new ParameterShape("4.bias", dim),
    ]);

    /// <summary>Weights N(0, 0.02²), biases 0.</summary>
    public void Initialize(ulong seed)
    {
        foreach (ParameterShape parameter in weights.Layout.Parameters)
        {
            if (parameter.Decays) weights.InitializeNormal(parameter.Name, InitialDeviation, seed);
            else weights.InitializeConstant(parameter.Name, 0);
        }
    }

    /// <summary>[…, D] → […, D].</summary>
    public Tensor Forward(Tensor features)
    {
        Tensor hidden = F.silu(F.linear(features, weights["0.weight"], weights["0.bias"]));
        hidden = F.silu(F.linear(hidden, weights["2.weight"], weights["2.bias"]));
        return F.linear(hidden, weights["4.weight"], weights["4.bias"]);
    }
}
