using Starling.Model.Import;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Import;

/// <summary>Compares what is read from files that PyTorch wrote with the values that PyTorch wrote into them.</summary>
[Trait("Category", "Golden")]
public class PyTorchGoldenTests
{
    [Theory]
    [InlineData("gpt_raw", "")]
    [InlineData("gpt_ddp", "model")]
    [InlineData("gpt_bf16", "module")]
    public void Weights_are_found_and_read_bit_for_bit(string name, string container)
    {
        using var scope = NewDisposeScope();
        WeightFile file = WeightFile.Read(Golden.PathOf($"pt/{name}.pt"));
        Assert.Equal(container, file.Source.Container);
        AssertSame("pt/gpt_expected.safetensors", file);
    }

    [Fact]
    public void Views_strides_offsets_and_shared_storages_are_honoured()
    {
        using var scope = NewDisposeScope();
        AssertSame("pt/views_expected.safetensors", WeightFile.Read(Golden.PathOf("pt/views.pt")));
    }

    [Fact]
    public void A_call_of_the_operating_system_is_only_a_placeholder()
    {
        using var scope = NewDisposeScope();
        WeightFile file = WeightFile.Read(Golden.PathOf("pt/hostile.pt"));
        Assert.Equal(["w"], file.Tensors.Keys);
        Assert.Empty(file.Settings);
        Assert.False(File.Exists("PWNED_BY_PICKLE"));
    }

    [Fact]
    public void The_namespace_of_a_training_script_is_kept_as_plain_settings()
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith("GPT-", WeightFile.Read(Golden.PathOf("pt/gpt_ddp.pt")).Settings["gpt_model"]);
    }

    private static void AssertSame(string expectedFile, WeightFile actual)
    {
        Dictionary<string, Tensor> expected = SafetensorsFile.Read(Golden.PathOf(expectedFile));
        Assert.Equal(expected.Keys.Order(), actual.Tensors.Keys.Order());
        foreach ((string name, Tensor tensor) in expected)
        {
            Tensor read = actual.Tensors[name];
            Assert.Equal(tensor.shape, read.shape);
            // A bfloat16 file contains the rounded weights.
            Assert.True(tensor.to(read.dtype).eq(read).all().item<bool>(), name);
        }
    }
}
