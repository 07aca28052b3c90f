using System.Globalization;
using Starling.Model.Sampling;
using Starling.Model.Tests.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Sampling;

/// <summary>Compares sampling with LlamaGen's own: the golden file gpt_sample.</summary>
[Trait("Category", "Golden")]
public class GptSampleGoldenTests
{
    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Greedy_tokens_are_LlamaGens_at_every_guidance_scale(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "gpt_sample");
        using var network = new GoldenGpt(golden, "weights.");
        int[] labels = [.. golden["inputs.labels"].data<long>().Select(label => (int)label)];
        Dictionary<string, Tensor> expected = golden.Under("outputs.greedy_cfg");
        foreach ((string scale, Tensor tokens_BT) in expected)
        {
            var options = SamplingOptions.GreedyAt(double.Parse(scale, CultureInfo.InvariantCulture));
            Tensor sampled_BT = Sampler.Sample(network.Gpt, labels, options, seed: 0);
            Assert.Equal(tokens_BT.data<long>(), sampled_BT.data<long>());
        }
    }

    [Theory]
    [MemberData(nameof(Golden.Sets), MemberType = typeof(Golden))]
    public void Filters_drop_what_LlamaGens_drop(string set)
    {
        using var scope = NewDisposeScope();
        Golden golden = Golden.Open(set, "gpt_sample");
        Dictionary<string, Tensor> expected = golden.Under("outputs.filter_k");
        foreach ((string name, Tensor filtered_BV) in expected)
        {
            string[] parts = name.Split("_p");
            int topK = int.Parse(parts[0], CultureInfo.InvariantCulture);
            double topP = double.Parse(parts[1], CultureInfo.InvariantCulture);
            Assert.Equal(filtered_BV.bytes, LogitFilter.Apply(golden["inputs.filter_logits"], topK, topP).bytes);
        }
    }
}
