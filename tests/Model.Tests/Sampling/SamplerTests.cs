using System.ComponentModel.DataAnnotations;
using Starling.Data;
using Starling.Model.Sampling;
using Starling.Model.Tests.Transformer;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Sampling;

public class SamplerTests
{
    private static readonly SamplingOptions Plain = new() { Cfg = 1 };

    [Fact]
    public void An_image_depends_on_seed_and_index_but_not_on_its_batch()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        int[] labels = [0, 1, 2, 3];
        long[] together = Tokens(Sampler.Sample(network.Gpt, labels, new SamplingOptions(), seed: 5, firstIndex: 10));
        int length = network.Shape.Tokens;
        for (int i = 0; i < labels.Length; i++)
        {
            long[] alone = Tokens(Sampler.Sample(network.Gpt, [labels[i]], new SamplingOptions(), 5, 10 + i));
            Assert.Equal(together[(i * length)..((i + 1) * length)], alone);
        }
        Assert.NotEqual(together, Tokens(Sampler.Sample(network.Gpt, labels, new SamplingOptions(), 6, 10)));
        Assert.NotEqual(together, Tokens(Sampler.Sample(network.Gpt, labels, new SamplingOptions(), 5, 50)));
    }

    [Fact]
    public void First_tokens_come_with_the_networks_probabilities()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new TinyGpt(new GptShape(16, 1, 2, 6, 1, 3) { FfnMultiple = 16 }, deviation: 0.5);
        const int count = 20_000;
        var options = new SamplingOptions { Cfg = 1.5, Temperature = 0.8 };
        long[] tokens = Tokens(Sampler.Sample(network.Gpt, [.. Enumerable.Repeat(2, count)], options, seed: 1));

        Tensor none = zeros(1, 0, ScalarType.Int64);
        double[] Logits(long label) =>
        [
            .. network.Gpt.Logits(network.Gpt.Features(none, tensor([label], ScalarType.Int64)).Last)
                .to(ScalarType.Float64).data<double>(),
        ];
        double[] conditional = Logits(2), free = Logits(network.Shape.NullClass);
        double[] weights = [.. conditional.Zip(free, (c, u) => Math.Exp((u + 1.5 * (c - u)) / 0.8))];
        for (int token = 0; token < weights.Length; token++)
            Assert.Equal(weights[token] / weights.Sum(), tokens.Count(t => t == token) / (double)count, 0.015);
    }

    [Fact]
    public void One_token_to_choose_from_is_greedy()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        long[] greedy = Tokens(Sampler.Sample(network.Gpt, [0, 1], SamplingOptions.GreedyAt(3), seed: 1));
        Assert.Equal(greedy, Tokens(Sampler.Sample(network.Gpt, [0, 1], new SamplingOptions { Cfg = 3, TopK = 1 }, 2)));
        Assert.Equal(greedy, Tokens(Sampler.Sample(network.Gpt, [0, 1], new SamplingOptions { Cfg = 3, TopP = 0 }, 3)));
        Assert.Equal(greedy,
            Tokens(Sampler.Sample(network.Gpt, [0, 1], new SamplingOptions { Cfg = 3, Temperature = 1e-5 }, 4)));
    }

    [Fact]
    public void Guidance_ends_after_its_interval()
    {
        var options = new SamplingOptions { Cfg = 4, CfgInterval = 2 };
        // LlamaGen counts decoding steps from the one that draws the second token.
        Assert.Equal([4, 4, 4, 4, 1, 1], Enumerable.Range(0, 6).Select(options.CfgAt));
        Assert.Equal(4, (options with { CfgInterval = -1 }).CfgAt(1000));

        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        long[] plain = Tokens(Sampler.Sample(network.Gpt, [4], SamplingOptions.GreedyAt(1), seed: 1));
        long[] guided = Tokens(Sampler.Sample(network.Gpt, [4], SamplingOptions.GreedyAt(8), seed: 1));
        SamplingOptions first = SamplingOptions.GreedyAt(8) with { CfgInterval = 0 };
        long[] partly = Tokens(Sampler.Sample(network.Gpt, [4], first, seed: 1));
        Assert.NotEqual(plain, guided);
        Assert.Equal(guided[..2], partly[..2]);
        Assert.NotEqual(guided, partly);
    }

    [Fact]
    public void Guidance_towards_no_class_is_none()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        int none = network.Shape.NullClass;
        Assert.Equal(Tokens(Sampler.Sample(network.Gpt, [none], Plain, seed: 1)),
            Tokens(Sampler.Sample(network.Gpt, [none], Plain with { Cfg = 5 }, seed: 1)));
    }

    [Fact]
    public void Unknown_classes_are_refused_and_cancellation_is_heard()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyGpt();
        Assert.Contains("class 6", Assert.Throws<StarlingException>(
            () => Sampler.Sample(network.Gpt, [0, 6], Plain, seed: 1)).Message);
        Assert.Throws<OperationCanceledException>(
            () => Sampler.Sample(network.Gpt, [0], Plain, 1, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Sampling_leaves_only_its_result()
    {
        using var network = new TinyGpt();
        long live = Tensor.TotalCount;
        using Tensor tokens_BT = Sampler.Sample(network.Gpt, [0, 1], new SamplingOptions(), seed: 1);
        Assert.Equal(live + 1, Tensor.TotalCount);
    }

    [Fact]
    public void Options_out_of_range_are_found()
    {
        SamplingOptions[] wrong =
        [
            new() { Cfg = 0.5 }, new() { TopK = -1 }, new() { TopP = 1.1 }, new() { Temperature = -1 },
            new() { CfgInterval = -2 },
        ];
        Assert.All(wrong, options =>
            Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), null, true)));
        Assert.True(Validator.TryValidateObject(Plain, new ValidationContext(Plain), null, true));
    }

    private static long[] Tokens(Tensor tokens_BT) => [.. tokens_BT.data<long>()];
}
