using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Transformer;

/// <summary>
/// Root-mean-square normalisation over the last dimension: x / √(mean(x²) + ε) in float32, back to x's type, then times
/// the gain, in the order of LlamaGen's code.
/// </summary>
internal static class RmsNorm
{
    public static Tensor Apply(Tensor x, Tensor gain, double epsilon)
    {
        Tensor wide = x.to(ScalarType.Float32);
        Tensor scale = wide.Squared().mean([-1], keepdim: true).PlusScalar(epsilon).rsqrt();
        return (wide * scale).to(x.dtype) * gain;
    }
}
