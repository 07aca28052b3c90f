using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// The first calls of MKL's vector functions, to which libtorch leaves square roots, logarithms and the like, made
/// while no other thread computes. MKL chooses a function's kernel at its first call. In the version inside libtorch
/// 2.10 (2024.2) two threads that make that call at once can get one of low precision, for that one call: wrong tokens
/// in the first step, and another model ever after.
/// </summary>
/// <remarks>
/// pytorch/pytorch#188792; gone with a libtorch that has MKL 2025.0 or newer. MKL's products and generators, of which
/// only crashes at simultaneous first calls are told, are called beside them.
/// </remarks>
internal static class NativeWarmup
{
    private static readonly Func<Tensor, Tensor>[] Functions =
    [
        x => x.acos(), x => x.asin(), x => x.atan(), x => x.cos(), x => x.erf(), x => x.erfc(), x => x.erfinv(),
        x => x.exp(), x => x.expm1(), x => x.log(), x => x.log10(), x => x.log1p(), x => x.log2(), x => x.sin(),
        x => x.sqrt(), x => x.tan(), x => x.tanh(), x => x.trunc(),
    ];

    /// <summary>Whether they have been made.</summary>
    public static bool Made { get; private set; }

    /// <summary>Makes them. Their results are thrown away: only what they leave behind inside MKL counts.</summary>
    public static void Make()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor half_4 = tensor([.. Enumerable.Repeat(0.5f, 4)]); // in the domain of every function
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            Tensor x_4 = half_4.to(type);
            foreach (Func<Tensor, Tensor> function in Functions) function(x_4);
            x_4.view(2, 2).mm(x_4.view(2, 2));
            x_4.view(1, 2, 2).bmm(x_4.view(1, 2, 2));
        }
        using Generator generator = new(0, CPU); // of this call alone
        empty_like(half_4, ScalarType.Bool).bernoulli_(0.5, generator);
        Made = true;
    }
}
