using Starling.Model.Parameters;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

/// <summary>The network a golden file describes, with the file's weights.</summary>
internal sealed class GoldenGpt : IDisposable
{
    public GoldenGpt(Golden golden, string weights, bool trainable = false)
    {
        Dictionary<string, Tensor> tensors = golden.Under(weights);
        // A multiple equal to the width itself rounds to exactly that width, whatever multiple made it.
        Shape = new GptShape(golden.Int("dim"), golden.Int("n_layer"), golden.Int("n_head"),
            golden.Int("vocab_size"), golden.Int("block_size"), golden.Int("num_classes"))
        {
            FfnMultiple = golden.Metadata.ContainsKey("ffn_multiple_of")
                ? golden.Int("ffn_multiple_of")
                : (int)tensors["layers.0.feed_forward.w1.weight"].shape[0],
        };
        Store = new ParameterStore(Shape.Layout, CPU, trainable);
        Store.Load(tensors, "golden file");
        Gpt = new Gpt(Shape, Store);
    }

    public GptShape Shape { get; }

    public ParameterStore Store { get; }

    public Gpt Gpt { get; }

    public void Dispose()
    {
        Gpt.Dispose();
        Store.Dispose();
    }
}
