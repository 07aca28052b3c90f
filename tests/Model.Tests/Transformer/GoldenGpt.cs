using Starling.Model.Parameters;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

/// <summary>The network a golden file describes, with the file's weights.</summary>
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

    /// <summary>The shape in a file's metadata, whose weights are under a prefix.</summary>
    public static GptShape ShapeOf(Golden golden, string weights) => new(
        golden.Int("dim"), golden.Int("n_layer"), golden.Int("n_head"), golden.Int("vocab_size"),
        golden.Int("block_size"), golden.Int("num_classes"))
    {
        // A multiple equal to the width itself rounds to exactly that width, whatever multiple made it.
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
