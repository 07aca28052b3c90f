using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// Tensor arithmetic with numbers that is safe against garbage collection: every Scalar lives until the native call has
/// returned. TorchSharp's own operators do not ensure that and are banned (see BannedSymbols.txt and docs/adr/0003).
/// </summary>
public static class Ops
{
    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, Scalars.One);

    /// <summary>a ← a + b.</summary>
    public static Tensor PlusInPlace(this Tensor a, Tensor b) => a.add_(b, Scalars.One);

    /// <summary>a + b·<paramref name="alpha"/>.</summary>
    public static Tensor PlusScaled(this Tensor a, Tensor b, double alpha)
    {
        using Scalar scale = Scalars.Make(alpha);
        return a.add(b, scale);
    }

    /// <summary>x + number.</summary>
    public static Tensor PlusScalar(this Tensor x, double number)
    {
        using Scalar value = Scalars.Make(number);
        return x.add(value, Scalars.One);
    }

    /// <summary>x · number.</summary>
    public static Tensor Times(this Tensor x, double number)
    {
        using Scalar value = Scalars.Make(number);
        return x.mul(value);
    }

    /// <summary>x ← x · number.</summary>
    public static Tensor TimesInPlace(this Tensor x, double number)
    {
        using Scalar value = Scalars.Make(number);
        return x.mul_(value);
    }

    /// <summary>x · x.</summary>
    public static Tensor Squared(this Tensor x) => x * x;

    /// <summary>max(x, minimum), elementwise.</summary>
    public static Tensor AtLeast(this Tensor x, double minimum)
    {
        using Scalar value = Scalars.Make(minimum);
        return x.clamp_min(value);
    }

    /// <summary>min(max(x, low), high), elementwise.</summary>
    public static Tensor Between(this Tensor x, double low, double high)
    {
        using Scalar lowest = Scalars.Make(low), highest = Scalars.Make(high);
        return x.clamp(lowest, highest);
    }

    /// <summary>x ← min(max(x, low), high), elementwise.</summary>
    public static Tensor BetweenInPlace(this Tensor x, double low, double high)
    {
        using Scalar lowest = Scalars.Make(low), highest = Scalars.Make(high);
        return x.clamp_(lowest, highest);
    }

    /// <summary>x with <paramref name="value"/> where <paramref name="mask"/> is true.</summary>
    public static Tensor Filled(this Tensor x, Tensor mask, double value)
    {
        using Scalar fill = Scalars.Make(value);
        return x.masked_fill(mask, fill);
    }

    /// <summary>Whether x &gt; number, elementwise.</summary>
    public static Tensor GreaterThan(this Tensor x, double number)
    {
        using Scalar value = Scalars.Make(number);
        return x.gt(value);
    }

    /// <summary>
    /// Adds a tensor that belongs to no dispose scope, for instance one from another thread, to the caller's scope.
    /// </summary>
    public static Tensor Adopted(this Tensor tensor)
    {
        CurrentDisposeScope!.Attach(tensor);
        return tensor;
    }

    /// <summary>0, 1, …, count−1 as int64.</summary>
    public static Tensor Range(long count, Device? device = null)
    {
        using Scalar start = Scalars.Make(0L), stop = Scalars.Make(count), step = Scalars.Make(1L);
        return arange(start, stop, step, ScalarType.Int64, device);
    }

    /// <summary>A tensor of one repeated number.</summary>
    public static Tensor Filled(long[] shape, double value, ScalarType type = ScalarType.Float32, Device? device = null)
    {
        using Scalar fill = Scalars.Make(value);
        return full(shape, fill, type, device);
    }

    /// <summary>x / ‖x‖₂ over the last dimension, with ‖x‖ at least 1e-12 (as torch.nn.functional.normalize).</summary>
    public static Tensor Normalized(this Tensor x) =>
        x / x.Squared().sum([-1], keepdim: true).sqrt().AtLeast(1e-12);

    /// <summary>
    /// The sum of all elements in float64, added in an order that does not depend on the number of threads: first rows
    /// of 4,096 elements, then the sums of the rows. (libtorch divides the full sum of a large tensor by the number of
    /// threads.)
    /// </summary>
    public static Tensor SumInFixedOrder(this Tensor x)
    {
        const long row = 4096;
        Tensor flat = x.reshape(-1);
        long whole = flat.numel() / row * row;
        Tensor tail = flat.narrow(0, whole, flat.numel() - whole).sum(ScalarType.Float64);
        if (whole == 0) return tail;
        Tensor rows = flat.narrow(0, 0, whole).view(-1, row).sum([1], type: ScalarType.Float64);
        // The sums of the rows are summed in the same way, until there are too few for libtorch to divide among
        // threads.
        return (rows.numel() > row ? rows.SumInFixedOrder() : rows.sum()).Plus(tail);
    }
}
