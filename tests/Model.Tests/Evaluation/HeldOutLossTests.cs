using Starling.Model.Evaluation;
using Starling.Model.Tests.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Evaluation;

public sealed class HeldOutLossTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void It_is_the_mean_surprise_at_every_token_under_the_images_own_class(int batch)
    {
        using var scope = NewDisposeScope();
        using TinyGpt network = new();
        const int Images = 5;
        int tokens = network.Shape.Tokens;
        Tensor codes_NT = network.Tokens(Images, tokens), labels_N = network.Labels(Images);
        CodedSet set = new(codes_NT, [.. labels_N.data<long>().Select(l => (int)l)]);

        // The expected loss is computed for one image and one position at a time.
        double expected = 0;
        for (int n = 0; n < Images; n++)
        {
            Tensor label_1 = labels_N.narrow(0, n, 1), codes_1T = codes_NT.narrow(0, n, 1);
            for (int t = 0; t < tokens; t++)
            {
                Tensor last = network.Gpt.Features(codes_1T.narrow(1, 0, t), label_1).Last.narrow(1, t, 1);
                Tensor surprise_V = nn.functional.log_softmax(network.Gpt.Logits(last).flatten(), 0).neg();
                expected += surprise_V[codes_1T[0, t].item<long>()].item<float>() / (Images * (double)tokens);
            }
        }

        double? loss = HeldOutLoss.Of(network.Gpt, set, batch, bfloat16: false, CancellationToken.None);
        Assert.Equal(expected, loss!.Value, 1e-5);
    }

    [Fact]
    public void Without_held_out_images_there_is_none()
    {
        using var scope = NewDisposeScope();
        using TinyGpt network = new();
        Assert.Null(HeldOutLoss.Of(network.Gpt, new CodedSet(zeros(0, 0, ScalarType.Int64), []), 4, false, default));
    }
}
