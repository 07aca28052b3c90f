// Shapes: N images, T codes, H = W pixels.
using Starling.Data.Batches;
using Starling.Data.Randomness;
using Starling.Model.Features;
using Starling.Model.Images;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// The data in the form that an evaluation needs, read once: feature statistics of the training images, and codes and
/// classes of training and held-out images. The tensors belong to no dispose
/// scope. Only the evaluator's thread uses them.
/// </summary>
public sealed class ReferenceData : IDisposable
{
    private const int Chunk = 64;

    internal ReferenceData(FeatureStatistics statistics, CodedSet train, CodedSet heldOut, DistanceAnchors anchors)
    {
        Statistics = statistics;
        Train = train;
        HeldOut = heldOut;
        Anchors = anchors;
    }

    /// <summary>Feature statistics of the training images, or of those chosen to represent them.</summary>
    public FeatureStatistics Statistics { get; }

    /// <summary>The same images as codes.</summary>
    public CodedSet Train { get; }

    /// <summary>The held-out images as codes; empty if there are none.</summary>
    public CodedSet HeldOut { get; }

    /// <summary>Frechet distances of noise and of reconstructions.</summary>
    public DistanceAnchors Anchors { get; }

    /// <summary>Reads and encodes all images.</summary>
    /// <param name="train">Training images.</param>
    /// <param name="heldOut">Held-out images; null for none, and so for no held-out loss and no probe.</param>
    /// <param name="tokenizer">The frozen tokenizer.</param>
    /// <param name="network">The feature network.</param>
    /// <param name="noiseSamples">Number of images of noise for the anchor.</param>
    /// <param name="seed">Seed of the noise.</param>
    /// <param name="cancellation">Checked between chunks.</param>
    public static ReferenceData Read(ImageReader train, ImageReader? heldOut, VqTokenizer tokenizer,
        IFeatureNetwork network, int noiseSamples, ulong seed, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        FeatureStatistics statistics = new(network.Dimensions);
        using FeatureStatistics reconstructed = new(network.Dimensions), noise = new(network.Dimensions);
        int size = 0;
        CodedSet trainSet = Encode(train, (images, codes) =>
        {
            size = (int)images.shape[^1];
            statistics.Add(network.Features(images));
            reconstructed.Add(network.Features(tokenizer.DecodeFloat(codes).Between(-1, 1)));
        });
        CodedSet heldOutSet = Encode(heldOut, (_, _) => { });
        for (int at = 0; at < noiseSamples; at += Chunk)
        {
            using var step = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            using Generator generator = TensorRandom.For(seed, RandomPurpose.Sampling, -1, at, 0, CPU);
            Tensor pixels = empty(Math.Min(Chunk, noiseSamples - at), 3, size, size).uniform_(-1, 1, generator);
            noise.Add(network.Features(pixels));
        }
        DistanceAnchors anchors = new(
            FrechetDistance.Between(noise, statistics), FrechetDistance.Between(reconstructed, statistics));
        return new ReferenceData(statistics, trainSet, heldOutSet, anchors);

        CodedSet Encode(ImageReader? reader, Action<Tensor, Tensor> each)
        {
            List<Tensor> codes = [];
            List<int> labels = [];
            foreach (DecodedImage[] chunk in (reader?.ReadAll() ?? []).Chunk(Chunk))
            {
                using var step = NewDisposeScope();
                cancellation.ThrowIfCancellationRequested();
                int side = ImageTensors.SideOf(chunk[0].Pixels.Length);
                byte[] pixels = [.. chunk.SelectMany(p => p.Pixels)];
                Tensor images = ImageTensors.FromBytes(pixels, chunk.Length, side, side);
                Tensor coded = tokenizer.Encode(images);
                each(images, coded);
                codes.Add(coded.MoveToOuterDisposeScope());
                labels.AddRange(chunk.Select(p => p.Label));
            }
            Tensor all = codes.Count > 0 ? cat(codes) : zeros(0, 0, ScalarType.Int64);
            return new CodedSet(all.DetachFromDisposeScope(), labels);
        }
    }

    /// <summary>Frees statistics and codes.</summary>
    public void Dispose()
    {
        Statistics.Dispose();
        Train.Dispose();
        HeldOut.Dispose();
    }
}
