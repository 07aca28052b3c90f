using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Parameters;

public class ParameterStoreTests
{
    private static readonly ParameterLayout Layout = new(
    [
        new ParameterShape("norm.weight", 3),
        new ParameterShape("output.weight", 2, 3),
        new ParameterShape("bias", 2),
    ]);

    [Fact]
    public void Decayed_parameters_come_first_and_every_element_has_a_place()
    {
        Assert.Equal((11L, 6L), (Layout.Count, Layout.DecayedCount));
        Assert.Equal((0L, 6L, 9L),
            (Layout["output.weight"].Offset, Layout["norm.weight"].Offset, Layout["bias"].Offset));
    }

    [Fact]
    public void Backward_accumulates_into_the_flat_gradient_vector()
    {
        using var scope = NewDisposeScope();
        using ParameterStore store = new(Layout, CPU, trainable: true);
        store.InitializeConstant("output.weight", 2);
        for (int pass = 0; pass < 2; pass++) store["output.weight"].Squared().sum().backward();
        Assert.Equal(8f, store.Gradients![0].item<float>()); // two backward passes of 2·x
        Assert.Equal(0f, store.Gradients[6].item<float>());
        store.ClearGradients();
        store["output.weight"].sum().backward();
        Assert.Equal(1f, store.Gradients[5].item<float>());
    }

    [Fact]
    public void Views_follow_updates_of_the_flat_vector()
    {
        using var scope = NewDisposeScope();
        using ParameterStore store = new(Layout, CPU, trainable: true);
        using (no_grad()) store.Values.PlusInPlace(ones(11));
        Assert.Equal(3f, store["norm.weight"].sum().item<float>());
    }

    [Fact]
    public void Weights_survive_a_round_trip_and_misfits_are_listed()
    {
        using var scope = NewDisposeScope();
        using ParameterStore store = new(Layout, CPU, trainable: false), other = new(Layout, CPU, trainable: true);
        store.InitializeNormal("output.weight", 1, seed: 3);
        other.Load(store.ToHost().ToDictionary(t => t.Name, t => t.ToTensor()), "memory");
        Assert.Equal(store.Values.bytes, other.Values.bytes);

        Dictionary<string, Tensor> tensors = new()
        {
            ["norm.weight"] = ones(4),
            ["bias"] = ones(2),
            ["extra"] = ones(1),
        };
        StarlingException error = Assert.Throws<StarlingException>(() => store.Load(tensors, "file"));
        Assert.Contains("missing 1 (output.weight)", error.Message);
        Assert.Contains("unexpected 1 (extra)", error.Message);
        Assert.Contains("norm.weight [4] instead of [3]", error.Message);
    }
}
