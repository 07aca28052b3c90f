using Starling.Model.Parameters;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

/// <summary>The network that a golden file describes, with the file's weights.</summary>
internal sealed class GoldenGpt : IDisposable
{
    public GoldenGpt(Golden golden, string weights, bool trainable = false)
    {
        Shape = ShapeOf(golden, weights);
        Store = new ParameterStore(Shape.Layout, CPU, trainable);
        Store.Load(golden.Under(weights), "golden file");
        Gpt = new Gpt(Shape, Store);
    }

    public GptShape Shape { get; }

    public ParameterStore Store { get; }

    public Gpt Gpt { get; }

    /// <summary>Reads the shape from a file's metadata. The network's weights have a prefix in the file.</summary>
    public static GptShape ShapeOf(Golden golden, string weights) => new(
        golden.Int("dim"), golden.Int("n_layer"), golden.Int("n_head"), golden.Int("vocab_size"),
        golden.Int("block_size"), golden.Int("num_classes"))
    {
        // The width itself is taken as the multiple, because rounding up to it always gives the width.
        FfnMultiple = golden.Metadata.ContainsKey("ffn_multiple_of")
            ? golden.Int("ffn_multiple_of")
            : (int)golden[weights + "layers.0.feed_forward.w1.weight"].shape[0],
    };

    public void Dispose()
    {
        Gpt.Dispose();
        Store.Dispose();
    }
}
