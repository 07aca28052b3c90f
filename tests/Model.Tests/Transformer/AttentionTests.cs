using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;

// Shapes: B batch, H heads, T positions, D width.
namespace Starling.Model.Tests.Transformer;

/// <summary>
/// Checks the attention weights of every block as the student computes them. Queries and keys are the block's own, from
/// the residual stream of a masked pass. The values are the identity, so the attention's output is its weights.
/// </summary>
public class AttentionTests
{
    private const int Tokens = 16;

    private static readonly int[][] Masked = [[1, 5, 6, 15], [2, 3, 4, 14]];

    // With heads as wide as the identity, libtorch takes its fused kernel; with others, its plain one.
    [Theory]
    [InlineData(16, false, false)]
    [InlineData(16, true, false)]
    [InlineData(16, false, true)]
    [InlineData(8, false, false)]
    [InlineData(8, true, false)]
    public void Rows_sum_to_one_and_masked_or_later_keys_weigh_exactly_nothing_in_every_block(
        int headWidth, bool keepDiagonal, bool bfloat16)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using TinyGpt network = new(new GptShape(2 * headWidth, 3, 2, 24, Tokens, 5) { FfnMultiple = 16 });
        Tensor masked_BT = zeros(2, Tokens, ScalarType.Bool);
        for (int b = 0; b < 2; b++)
            foreach (int key in Masked[b]) masked_BT[b, key] = tensor(true);
        AttentionMask mask = AttentionMask.From(masked_BT, keepDiagonal);
        for (int block = 0; block < network.Shape.Layers; block++)
        {
            Tensor weights_BHTT = Weights(network, block, mask, bfloat16);
            Golden.AssertClose(ones(2, 2, Tokens), weights_BHTT.sum(-1), bfloat16 ? 1e-2 : 1e-6, "row sums");
            for (int b = 0; b < 2; b++)
                for (int query = 0; query < Tokens; query++)
                    for (int key = 0; key < Tokens; key++)
                    {
                        bool seen = key <= query && (!Masked[b].Contains(key) || (keepDiagonal && key == query));
                        Tensor weight_H = weights_BHTT[b].select(1, query).select(1, key);
                        Assert.Equal(seen, weight_H.ne(Scalars.Zero).all().item<bool>());
                        Assert.Equal(seen, weight_H.ne(Scalars.Zero).any().item<bool>());
                    }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    public void An_empty_mask_weighs_as_none_does(int headWidth)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using TinyGpt network = new(new GptShape(2 * headWidth, 3, 2, 24, Tokens, 5) { FfnMultiple = 16 });
        AttentionMask empty = AttentionMask.From(zeros(2, Tokens, ScalarType.Bool));
        for (int block = 0; block < network.Shape.Layers; block++)
        {
            Tensor causal_BHTT = Weights(network, block, null);
            Assert.Equal(causal_BHTT.contiguous().bytes, Weights(network, block, empty).contiguous().bytes);
            // The query and the key of the class position are 0, so it has the weight of a key of logit 0.
            Assert.True(causal_BHTT.select(-1, 0).gt(Scalars.Zero).all().item<bool>());
        }
    }

    private static Tensor Weights(TinyGpt network, int block, AttentionMask? mask, bool bfloat16 = false)
    {
        Tensor tokens_BN = network.Tokens(2, Tokens - 1), labels_B = network.Labels(2);
        using var autocast = Autocast.BFloat16(CPU, bfloat16);
        Tensor x_BTD = block > 0
            ? network.Gpt.Features(tokens_BN, labels_B, mask, tap: block).Mid
            : cat([
                Aten.Embedding(network.Store["cls_embedding.embedding_table.weight"], labels_B).unsqueeze(1),
                Aten.Embedding(network.Store["tok_embeddings.weight"], tokens_BN)], 1);
        Tensor angles_T = RotaryTable.Create(network.Shape, CPU).narrow(0, 0, Tokens);
        (Tensor q_BHTd, Tensor k_BHTd, _) =
            new GptBlock(network.Shape, network.Store, block).QueriesKeysValues(x_BTD, angles_T);
        Assert.Equal(0f, q_BHTd.select(2, 0).abs().max().to(ScalarType.Float32).item<float>());
        Assert.Equal(0f, k_BHTd.select(2, 0).abs().max().to(ScalarType.Float32).item<float>());
        Tensor identity_BHTT = eye(Tokens).to(q_BHTd.dtype).expand(2, 2, Tokens, Tokens);
        return GptBlock.Attend(q_BHTd, k_BHTd, identity_BHTT, mask);
    }
}
