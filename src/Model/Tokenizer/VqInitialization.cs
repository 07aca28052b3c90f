using Starling.Data.Randomness;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>
/// Initial weights with the distributions of LlamaGen's code. Kernels and biases of convolutions are uniform in
/// ±1/√fan-in, which is PyTorch's default. Norms have gain 1 and bias 0. Codes are uniform in ±1/V and then scaled to
/// unit length. Each draw depends on the seed and on the parameter's place in the layout only.
/// </summary>
public static class VqInitialization
{
    /// <summary>Fills every parameter.</summary>
    public static void Initialize(VqShape shape, ParameterStore weights, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (ParameterShape parameter in weights.Layout.Parameters)
        {
            string module = parameter.Name[..parameter.Name.LastIndexOf('.')];
            if (parameter.Name == VqNames.Codebook)
            {
                Uniform(weights, parameter.Name, 1.0 / shape.CodebookSize, seed);
                Tensor codes_VD = weights.View(weights.Values, parameter.Name);
                codes_VD.copy_(codes_VD.Normalized());
            }
            else if (weights.Layout[$"{module}.weight"].Parameter.Shape is [_, long channels, long height, long width])
                Uniform(weights, parameter.Name, 1 / Math.Sqrt(channels * height * width), seed);
            else if (parameter.Name.EndsWith(".weight", StringComparison.Ordinal))
                weights.InitializeConstant(parameter.Name, 1);
            else
                weights.InitializeConstant(parameter.Name, 0);
        }
    }

    internal static void Uniform(ParameterStore weights, string name, double bound, ulong seed)
    {
        using Tensor target = weights.View(weights.Values, name);
        using Generator generator = TensorRandom.For(
            seed, RandomPurpose.Initialization, weights.Layout[name].Offset, 0, 0, weights.Device);
        target.uniform_(-bound, bound, generator);
    }
}
