using Starling.Model.Parameters;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Starling.Model.SelfGuided;

/// <summary>
/// The student's projector f: D → D before the contrastive losses (section 3.3.2, "several MLPs"):
/// Linear–SiLU–Linear–SiLU–Linear with biases. There is no batch norm: it would let the images of a batch influence
/// each other, and the losses' negatives already keep the features from collapsing.
/// </summary>
public sealed class Projector(ParameterStore weights)
{
    private const double InitialDeviation = 0.02;

    /// <summary>The parameters, named as in a torch.nn.Sequential: modules 0, 2 and 4 are the linear layers.</summary>
    public static ParameterLayout Layout(long dim, long hidden) => new(
    [
        new ParameterShape("0.weight", hidden, dim), new ParameterShape("0.bias", hidden),
        new ParameterShape("2.weight", hidden, hidden), new ParameterShape("2.bias", hidden),
        new ParameterShape("4.weight", dim, hidden), new ParameterShape("4.bias", dim),
    ]);

    /// <summary>Fills the weights with N(0, 0.02²) and the biases with 0.</summary>
    public void Initialize(ulong seed)
    {
        foreach (ParameterShape parameter in weights.Layout.Parameters)
        {
            if (parameter.Decays) weights.InitializeNormal(parameter.Name, InitialDeviation, seed);
            else weights.InitializeConstant(parameter.Name, 0);
        }
    }

    /// <summary>Projects features [.., D] to [.., D].</summary>
    public Tensor Forward(Tensor features)
    {
        Tensor hidden = F.silu(F.linear(features, weights["0.weight"], weights["0.bias"]));
        hidden = F.silu(F.linear(hidden, weights["2.weight"], weights["2.bias"]));
        return F.linear(hidden, weights["4.weight"], weights["4.bias"]);
    }
}
