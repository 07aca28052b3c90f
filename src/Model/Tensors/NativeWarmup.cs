using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// Calls each of MKL's vector functions once while no other thread computes. libtorch leaves square roots, logarithms
/// and the like to them. MKL chooses a function's kernel at the function's first call. In the version inside libtorch
/// 2.10 (2024.2), two threads that make the first call at once can get a kernel of low precision, for that one call. In
/// a run this gives wrong tokens in the first step, and then another model.
/// </summary>
/// <remarks>
/// See pytorch/pytorch#188792. A libtorch with MKL 2025.0 or newer does not need this class. MKL's matrix products and
/// random generators are called here too, because simultaneous first calls of them are reported to crash.
/// </remarks>
internal static class NativeWarmup
{
    private static readonly Func<Tensor, Tensor>[] Functions =
    [
        x => x.acos(), x => x.asin(), x => x.atan(), x => x.cos(), x => x.erf(), x => x.erfc(), x => x.erfinv(),
        x => x.exp(), x => x.expm1(), x => x.log(), x => x.log10(), x => x.log1p(), x => x.log2(), x => x.sin(),
        x => x.sqrt(), x => x.tan(), x => x.tanh(), x => x.trunc(),
    ];

    /// <summary>Makes the first calls. Their results are not used.</summary>
    public static void Run()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor half_4 = tensor([.. Enumerable.Repeat(0.5f, 4)]); // 0.5 is in the domain of every function
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            Tensor x_4 = half_4.to(type);
            foreach (Func<Tensor, Tensor> function in Functions) function(x_4);
            x_4.view(2, 2).mm(x_4.view(2, 2));
            x_4.view(1, 2, 2).bmm(x_4.view(1, 2, 2));
        }
        using Generator generator = new(0, CPU); // not libtorch's shared one, whose state other code may use
        empty_like(half_4, ScalarType.Bool).bernoulli_(0.5, generator);
    }
}
