using Starling.Model.Sampling;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Sampling;

public class LogitFilterTests
{
    [Theory]
    [InlineData(0, 1.0, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(1, 1.0, new[] { 1 })]
    [InlineData(3, 1.0, new[] { 1, 3, 4, 0 })] // tokens 0 and 4 are both third
    [InlineData(99, 1.0, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(0, 0.0, new[] { 1 })]
    [InlineData(0, 0.45, new[] { 1, 3 })] // 0.4 does not exceed 0.45; the token at which 0.4 + 0.3 does is kept
    [InlineData(2, 0.5, new[] { 1 })] // top-p applies to the tokens that top-k left: 4/7 > 0.5
    public void Keeps_the_likely_tokens(int topK, double topP, int[] kept)
    {
        using var scope = NewDisposeScope();
        Tensor logits_BV = tensor(new[] { 0.125f, 0.4f, 0.05f, 0.3f, 0.125f }).log().view(1, -1);
        Tensor filtered_BV = LogitFilter.Apply(logits_BV, topK, topP);
        float[] before = logits_BV.data<float>().ToArray(), after = filtered_BV.data<float>().ToArray();
        for (int token = 0; token < 5; token++)
            Assert.Equal(kept.Contains(token) ? before[token] : float.NegativeInfinity, after[token]);
    }
}
