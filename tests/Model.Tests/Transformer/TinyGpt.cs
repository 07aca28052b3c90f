using Starling.Data.Randomness;
using Starling.Model.Parameters;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

/// <summary>
/// A small network with random weights, and inputs for it. The output layer is random too, so that logits vary.
/// </summary>
internal sealed class TinyGpt : IDisposable
{
    public TinyGpt(GptShape? shape = null, bool trainable = false, double deviation = 0.2)
    {
        Shape = shape ?? new GptShape(32, 3, 2, 24, 9, 5) { FfnMultiple = 16 };
        Store = new ParameterStore(Shape.Layout, CPU, trainable);
        Gpt = new Gpt(Shape, Store);
        Gpt.Initialize(seed: 1);
        // The deviation is larger than LlamaGen's 0.02, so that differences show in every digit.
        foreach (ParameterShape parameter in Store.Layout.Parameters.Where(p => p.Decays))
            Store.InitializeNormal(parameter.Name, deviation, seed: 2);
    }

    public GptShape Shape { get; }

    public ParameterStore Store { get; }

    public Gpt Gpt { get; }

    /// <summary>Random tokens, int64 [B, length].</summary>
    public Tensor Tokens(int batch, int length, ulong seed = 3)
    {
        var random = KeyedRandom.For(seed, RandomPurpose.Sampling);
        long[] tokens = [.. Enumerable.Range(0, batch * length).Select(_ => (long)random.Below(Shape.Vocabulary))];
        return tensor(tokens, ScalarType.Int64).view(batch, length);
    }

    /// <summary>Labels 0, 1, …, int64 [B].</summary>
    public Tensor Labels(int batch) =>
        tensor([.. Enumerable.Range(0, batch).Select(i => (long)(i % Shape.Classes))], ScalarType.Int64);

    public void Dispose()
    {
        Gpt.Dispose();
        Store.Dispose();
    }
}
