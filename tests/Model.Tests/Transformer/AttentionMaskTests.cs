using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

public class AttentionMaskTests
{
    private static readonly bool[,] Masked =
    {
        { false, true, false, true, false },
        { true, false, false, false, true }, // masks the class position too
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
    public void Leaves_its_argument_alone()
    {
        using var scope = NewDisposeScope();
        Tensor masked = tensor(Masked);
        AttentionMask.From(masked);
        Assert.True(masked[1, 0].item<bool>());
    }
}
