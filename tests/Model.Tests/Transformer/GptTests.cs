using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Starling.Model.Tests.Transformer;

public class GptTests
{
    [Fact]
    public void The_first_loss_is_exactly_ln_of_the_vocabulary()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        network.Gpt.Initialize(seed: 7);
        Tensor tokens_BT = network.Tokens(2, network.Shape.Tokens);
        Tensor given_BN = tokens_BT.narrow(1, 0, network.Shape.Tokens - 1);
        Tensor logits_BTV = network.Gpt.Logits(network.Gpt.Features(given_BN, network.Labels(2)).Last);
        Assert.Equal(0f, logits_BTV.abs().max().item<float>());
        Tensor loss = cross_entropy(logits_BTV.flatten(0, 1), tokens_BT.flatten());
        Assert.Equal(Math.Log(network.Shape.Vocabulary), loss.item<float>(), 1e-6);
    }

    [Fact]
    public void Initial_weights_follow_the_seed_and_LlamaGens_distribution()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt(new GptShape(64, 1, 2, 256, 4, 3));
        network.Gpt.Initialize(seed: 7);
        byte[] first = network.Store.Values.bytes.ToArray();
        network.Gpt.Initialize(seed: 8);
        Assert.NotEqual(first, network.Store.Values.bytes.ToArray());
        network.Gpt.Initialize(seed: 7);
        Assert.Equal(first, network.Store.Values.bytes.ToArray());
        Assert.Equal(0.02, network.Store["tok_embeddings.weight"].std().item<float>(), 1e-3);
        Assert.Equal(0.0, network.Store["tok_embeddings.weight"].mean().item<float>(), 1e-3);
        Assert.Equal(64f, network.Store["layers.0.ffn_norm.weight"].sum().item<float>());
    }

    [Fact]
    public void Class_and_tokens_only_reach_their_own_and_later_positions()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        Tensor tokens_BN = network.Tokens(1, 8);
        Tensor before_SD = network.Gpt.Features(tokens_BN, network.Labels(1)).Last[0];
        for (int token = 0; token < 8; token++)
        {
            Tensor after_SD = network.Gpt.Features(Changed(network, tokens_BN, token), network.Labels(1)).Last[0];
            Assert.Equal(Enumerable.Range(token + 1, 8 - token), Differing(before_SD, after_SD));
        }
    }

    [Fact]
    public void A_masked_token_changes_only_its_own_position_and_the_rest_stays_causal()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        Tensor tokens_BN = network.Tokens(1, 8);
        bool[] masked = [false, false, true, false, false, true, true, false, false];
        foreach (bool keepDiagonal in (bool[])[false, true])
        {
            AttentionMask mask = AttentionMask.From(tensor(masked).view(1, -1), keepDiagonal);
            Tensor before_SD = network.Gpt.Features(tokens_BN, network.Labels(1), mask).Last[0];
            for (int position = 1; position < masked.Length; position++)
            {
                Tensor changed_BN = Changed(network, tokens_BN, position - 1);
                Tensor after_SD = network.Gpt.Features(changed_BN, network.Labels(1), mask).Last[0];
                int reach = masked[position] ? 1 : masked.Length - position;
                Assert.Equal(Enumerable.Range(position, reach), Differing(before_SD, after_SD));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_gradient_flows_from_other_positions_to_a_masked_token(bool keepDiagonal)
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt(trainable: true);
        int[] masked = [2, 5, 6];
        Tensor masked_BT = zeros(1, 9, ScalarType.Bool), tokens_BN = Ops.Range(8).unsqueeze(0);
        foreach (int position in masked) masked_BT[0, position] = tensor(true);
        AttentionMask mask = AttentionMask.From(masked_BT, keepDiagonal);
        Tensor last_SD = network.Gpt.Features(tokens_BN, network.Labels(1), mask).Last[0];
        // The gradient of the token table tells the positions apart, because position p has the token p − 1.
        last_SD.Filled(masked_BT[0].unsqueeze(1), 0).Squared().sum().backward();
        float[] sizes = network.Store["tok_embeddings.weight"].grad!.abs().sum([1]).data<float>().ToArray();
        for (int position = 1; position < 9; position++)
            Assert.Equal(masked.Contains(position), sizes[position - 1] == 0);
    }

    [Fact]
    public void An_empty_mask_is_no_mask_bit_for_bit_gradients_included()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt(trainable: true);
        Tensor tokens_BN = network.Tokens(2, 8), labels_B = network.Labels(2);
        (byte[] Output, byte[] Gradients) Run(AttentionMask? mask)
        {
            network.Store.ClearGradients();
            Tensor last = network.Gpt.Features(tokens_BN, labels_B, mask).Last;
            last.sum().backward();
            return (last.bytes.ToArray(), network.Store.Gradients!.bytes.ToArray());
        }
        (byte[] Output, byte[] Gradients) causal = Run(null);
        (byte[] Output, byte[] Gradients) masked = Run(AttentionMask.From(zeros(2, 9, ScalarType.Bool)));
        Assert.Equal(causal.Output, masked.Output);
        Assert.Equal(causal.Gradients, masked.Gradients);
    }

    [Fact]
    public void The_tap_may_lie_anywhere_and_the_class_alone_is_a_sequence()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        Tensor tokens_BN = network.Tokens(2, 8), labels_B = network.Labels(2);
        GptFeatures last = network.Gpt.Features(tokens_BN, labels_B);
        Assert.Same(last.Last, last.Mid);
        GptFeatures mid = network.Gpt.Features(tokens_BN, labels_B, tap: 2);
        Assert.Equal(last.Last.bytes, mid.Last.bytes);
        Assert.NotEqual(mid.Mid.bytes.ToArray(), mid.Last.bytes.ToArray());
        Assert.Equal(mid.Mid.bytes, network.Gpt.HiddenAfter(2, tokens_BN, labels_B).bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Gpt.Features(tokens_BN, labels_B, tap: 4));

        Tensor empty_B0 = zeros(2, 0, ScalarType.Int64);
        Tensor alone_B1D = network.Gpt.Features(empty_B0, labels_B).Last;
        Golden.AssertClose(last.Last.narrow(1, 0, 1), alone_B1D, 1e-6, "class position");
    }

    [Fact]
    public void Decoding_with_cached_keys_and_values_is_the_full_forward()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new TinyGpt();
        int length = network.Shape.Tokens;
        Tensor tokens_BN = network.Tokens(2, length - 1), labels_B = network.Labels(2);
        Tensor full_BTD = network.Gpt.Features(tokens_BN, labels_B).Last;
        using var cache = new KvCache(network.Shape.Layers, length);
        for (int position = 0; position < length; position++)
        {
            Assert.Equal(position, cache.Position);
            Tensor input_B = position == 0 ? labels_B : tokens_BN.select(1, position - 1);
            Tensor decoded_B1D = network.Gpt.Decode(input_B, cache);
            Golden.AssertClose(full_BTD.narrow(1, position, 1), decoded_B1D, 1e-5, $"position {position}");
        }
    }

    // If a replica were computed by several threads, float32 bits would depend on how the products are divided among
    // them, and in another way on each kind of processor. So one thread computes a replica (ADR 1).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_of_one_thread_do_not_depend_on_which_it_is(bool bfloat16)
    {
        using var network = new TinyGpt(new GptShape(64, 2, 4, 96, 64, 10), trainable: true, deviation: 0.02);
        byte[] expected = Gradients();
        for (int i = 0; i < 3; i++)
        {
            byte[]? there = null;
            Thread other = new(() => there = Gradients());
            other.Start();
            other.Join();
            Assert.Equal(expected, there);
        }
        Assert.Equal(expected, Gradients());

        byte[] Gradients()
        {
            using var scope = NewDisposeScope();
            int before = get_num_threads();
            set_num_threads(1);
            try
            {
                Tensor tokens_BT = network.Tokens(16, 64), labels_B = network.Labels(16);
                network.Store.ClearGradients();
                var dropout = new KeyedDropout(new DropoutRates(0.1, 0.1, 0.1), seed: 1, step: 2, key: 3);
                Tensor logits_BTV;
                using (Autocast.BFloat16(CPU, bfloat16))
                {
                    Tensor given_BN = tokens_BT.narrow(1, 0, 63);
                    logits_BTV = network.Gpt.Logits(network.Gpt.Features(given_BN, labels_B, dropout: dropout).Last);
                }
                cross_entropy(logits_BTV.flatten(0, 1), tokens_BT.flatten()).backward();
                return network.Store.Gradients!.bytes.ToArray();
            }
            finally
            {
                set_num_threads(before);
            }
        }
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var network = new TinyGpt(trainable: true);
        void Pass()
        {
            using var scope = NewDisposeScope();
            Tensor masked = zeros(2, 9, ScalarType.Bool);
            GptFeatures features = network.Gpt.Features(network.Tokens(2, 8), network.Labels(2),
                AttentionMask.From(masked), new KeyedDropout(new DropoutRates(0.1, 0.1, 0.1), 1, 2, 3), tap: 1);
            network.Gpt.Logits(features.Last).sum().backward();
        }
        Pass();
        long live = Tensor.TotalCount;
        Pass();
        Assert.Equal(live, Tensor.TotalCount);
    }

    private static Tensor Changed(TinyGpt network, Tensor tokens_BN, int token)
    {
        long[] tokens = tokens_BN.data<long>().ToArray();
        tokens[token] = (tokens[token] + 1) % network.Shape.Vocabulary;
        return tensor(tokens, ScalarType.Int64).view(tokens_BN.shape);
    }

    private static IEnumerable<int> Differing(Tensor a_SD, Tensor b_SD) =>
        Enumerable.Range(0, (int)a_SD.shape[0]).Where(p => !a_SD[p].bytes.SequenceEqual(b_SD[p].bytes));
}
