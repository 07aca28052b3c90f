using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

public class KeyedDropoutTests
{
    private static readonly DropoutRates Rates = new(0.1, 0.25, 0.5);

    [Fact]
    public void A_rate_of_zero_returns_the_tensor_itself()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(4, 5);
        var none = new KeyedDropout(default, 1, 2, 3);
        Assert.Same(x, none.Token(x));
        Assert.Same(x, none.Residual(x));
        Assert.Same(x, none.Ffn(x));
    }

    [Fact]
    public void Masks_follow_seed_step_key_and_place()
    {
        using var scope = NewDisposeScope();
        byte[] mask = Mask(1, 2, 3);
        Assert.Equal(mask, Mask(1, 2, 3));
        Assert.NotEqual(mask, Mask(9, 2, 3));
        Assert.NotEqual(mask, Mask(1, 9, 3));
        Assert.NotEqual(mask, Mask(1, 2, 9));
        var dropout = new KeyedDropout(Rates, 1, 2, 3);
        Assert.Equal(mask, dropout.Residual(ones(64, 64)).bytes);
        Assert.NotEqual(mask, dropout.Residual(ones(64, 64)).bytes.ToArray());
    }

    [Fact]
    public void One_rate_does_not_shift_the_masks_of_another()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(64, 64);
        KeyedDropout all = new(Rates, 1, 2, 3), some = new(Rates with { Token = 0 }, 1, 2, 3);
        _ = all.Token(x);
        _ = some.Token(x);
        Assert.Equal(all.Ffn(x).bytes, some.Ffn(x).bytes);
    }

    [Fact]
    public void Masks_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        int before = get_num_threads();
        byte[][] masks =
        [
            .. ((int[])[1, 2, 4]).Select(threads =>
            {
                set_num_threads(threads);
                return new KeyedDropout(Rates, 1, 2, 3).Ffn(ones(1001, 1003)).bytes.ToArray();
            }),
        ];
        set_num_threads(before);
        Assert.Equal(masks[0], masks[1]);
        Assert.Equal(masks[0], masks[2]);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Drops_its_share_and_keeps_the_mean(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor dropped = new KeyedDropout(Rates, 1, 2, 3).Residual(ones([1000, 1000], type));
        Assert.Equal(type, dropped.dtype);
        double zeros = dropped.eq(Scalars.Zero).to(ScalarType.Float64).mean().item<double>();
        Assert.Equal(0.25, zeros, 0.003);
        Assert.Equal(1 / 0.75, dropped.max().to(ScalarType.Float64).item<double>(), 0.005);
    }

    [Fact]
    public void Gradients_pass_through_the_same_mask()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(64, 64).requires_grad_();
        Tensor y = new KeyedDropout(Rates, 1, 2, 3).Residual(x);
        y.sum().backward();
        Assert.Equal(y.bytes, x.grad!.bytes);
    }

    [Fact]
    public void The_global_generator_is_not_touched()
    {
        using var scope = NewDisposeScope();
        byte[] before = random.get_rng_state().bytes.ToArray();
        _ = new KeyedDropout(Rates, 1, 2, 3).Ffn(ones(64, 64));
        Assert.Equal(before, random.get_rng_state().bytes.ToArray());
    }

    private static byte[] Mask(ulong seed, long step, long key) =>
        new KeyedDropout(Rates, seed, step, key).Residual(ones(64, 64)).bytes.ToArray();
}
