using Starling.Data.Randomness;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tensors;

public class AtenTests
{
    [Fact]
    public void Fused_AdamW_makes_the_update_of_its_definition()
    {
        using var scope = NewDisposeScope();
        const double lr = 0.01, b1 = 0.9, b2 = 0.95, decay = 0.05, eps = 1e-8;
        double p = 0.5, m = 0, v = 0;
        Tensor[] weight = [Ops.Filled([3], p)], mean = [zeros(3)], square = [zeros(3)], step = [zeros(1)];
        for (int t = 1; t <= 3; t++)
        {
            double g = 0.1 * t;
            Aten.FusedAdamW(weight, [Ops.Filled([3], g)], mean, square, step,
                new AdamWArguments(lr, b1, b2, decay, eps));
            p *= 1 - lr * decay;
            m = b1 * m + (1 - b1) * g;
            v = b2 * v + (1 - b2) * g * g;
            p -= lr * (m / (1 - Math.Pow(b1, t))) / (Math.Sqrt(v / (1 - Math.Pow(b2, t))) + eps);
        }
        Assert.Equal(p, weight[0][1].item<float>(), 1e-6);
        Assert.Equal(3f, step[0].item<float>());
    }

    [Fact]
    public void Autocast_runs_products_in_bfloat16_and_restores_what_was_set()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(4, 4);
        using (Autocast.BFloat16(CPU)) Assert.Equal(ScalarType.BFloat16, a.matmul(a).dtype);
        Assert.Equal(ScalarType.Float32, a.matmul(a).dtype);
        using (Autocast.BFloat16(CPU, enabled: false)) Assert.Equal(ScalarType.Float32, a.matmul(a).dtype);
    }

    /// <summary>
    /// With libtorch's cache of cast weights, the two gradients would be added in bfloat16, unless another thread
    /// cleared the cache in between.
    /// </summary>
    [Fact]
    public void Gradients_of_a_weight_that_is_used_twice_under_autocast_are_added_in_float32()
    {
        using var scope = NewDisposeScope();
        Tensor weight = Drawn(0).requires_grad_(true), first = Drawn(1), second = Drawn(2);
        Tensor both = Gradient(() => first.matmul(weight).sum().Plus(second.matmul(weight).sum()));
        Tensor apart = Gradient(() => first.matmul(weight).sum()).Plus(Gradient(() => second.matmul(weight).sum()));
        Assert.True(both.equal(apart).all().item<bool>());

        Tensor Drawn(long key)
        {
            Tensor x = empty(64, 64);
            TensorRandom.Normal_(x, 1, seed: 1, RandomPurpose.Initialization, key);
            return x;
        }

        Tensor Gradient(Func<Tensor> loss)
        {
            Tensor value;
            using (Autocast.BFloat16(CPU)) value = loss();
            value.backward();
            Tensor gradient = weight.grad!.clone();
            weight.grad.zero_();
            return gradient;
        }
    }

    [Fact]
    public void Sums_in_fixed_order_do_not_depend_on_the_thread_count()
    {
        using var scope = NewDisposeScope();
        Tensor x = empty(3_000_017);
        TensorRandom.Normal_(x, 1, seed: 1, RandomPurpose.Initialization, 0);
        int before = get_num_threads();
        double[] sums =
        [
            .. new[] { 1, 2, 4 }.Select(n =>
            {
                set_num_threads(n);
                return x.SumInFixedOrder().item<double>();
            }),
        ];
        set_num_threads(before);
        Assert.Equal(sums[0], sums[1]);
        Assert.Equal(sums[0], sums[2]);
        Assert.Equal(x.to(ScalarType.Float64).sum().item<double>(), sums[0], 1e-3);
    }

    [Fact]
    public void Keyed_tensors_repeat_and_differ_by_key()
    {
        using var scope = NewDisposeScope();
        Tensor a = empty(1000), b = empty(1000), c = empty(1000);
        TensorRandom.Normal_(a, 0.02, 5, RandomPurpose.Initialization, 1);
        TensorRandom.Normal_(b, 0.02, 5, RandomPurpose.Initialization, 1);
        TensorRandom.Normal_(c, 0.02, 5, RandomPurpose.Initialization, 2);
        Assert.Equal(a.bytes, b.bytes);
        Assert.NotEqual(a.bytes.ToArray(), c.bytes.ToArray());
        Assert.InRange(a.std().item<float>(), 0.018f, 0.022f);
    }
}
