using Starling.Data.Ordering;
using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Starling.Model.Tests.Transformer;

public class AttentionMaskTests
{
    private static readonly bool[,] Masked =
    {
        { false, true, false, true, false },
        { true, false, false, false, true }, // the class position too
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keeps_earlier_unmasked_keys_and_always_the_class(bool keepDiagonal)
    {
        using var scope = NewDisposeScope();
        Tensor keep = AttentionMask.From(tensor(Masked), keepDiagonal).Keep;
        Assert.Equal([2, 1, 5, 5], keep.shape);
        for (int b = 0; b < 2; b++)
            for (int query = 0; query < 5; query++)
                for (int key = 0; key < 5; key++)
                {
                    bool visible = !Masked[b, key] || key == 0 || (keepDiagonal && key == query);
                    Assert.Equal(key <= query && visible, keep[b, 0, query, key].item<bool>());
                }
    }

    [Fact]
    public void Attention_rows_sum_to_one_and_masked_columns_are_exactly_zero()
    {
        using var scope = NewDisposeScope();
        Tensor queries = empty(2, 3, 5, 4), keys = empty(2, 3, 5, 4);
        TensorRandom.Normal_(queries, 2, seed: 1, RandomPurpose.Initialization, 0);
        TensorRandom.Normal_(keys, 2, seed: 1, RandomPurpose.Initialization, 1);
        // Values that are the identity give the attention weights themselves.
        Tensor weights_BHTT = scaled_dot_product_attention(
            queries, keys, eye(5).expand(2, 3, 5, 5), AttentionMask.From(tensor(Masked)).Keep);
        Golden.AssertClose(ones(2, 3, 5), weights_BHTT.sum(-1), 1e-6, "row sums");
        for (int b = 0; b < 2; b++)
            for (int key = 1; key < 5; key++)
                if (Masked[b, key])
                    Assert.Equal(0f, weights_BHTT[b].select(-1, key).abs().max().item<float>());
    }

    [Fact]
    public void Leaves_its_argument_alone()
    {
        using var scope = NewDisposeScope();
        Tensor masked = tensor(Masked);
        AttentionMask.From(masked);
        Assert.True(masked[1, 0].item<bool>());
    }
}
