using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Transformer;

/// <summary>
/// Root-mean-square normalization over the last dimension, with the roundings in the order of LlamaGen's code: x /
/// √(mean(x²) + ε) in float32, then the cast to x's type, then the product with the gain.
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
