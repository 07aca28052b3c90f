using Starling.Data;
using Starling.Data.Batches;
using Starling.Data.Grids;
using Starling.Data.Images;
using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Model.Images;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Actors.Commands.Assets;

/// <summary>
/// <c>starling tokenizer reconstruct</c>: draws held-out images above their reconstructions by the tokenizer.
/// </summary>
internal static class Reconstruction
{
    private const int Columns = 16, Scale = 2;
    private const double HoldOut = 0.1;

    /// <summary>Writes the grid of originals and reconstructions.</summary>
    /// <returns>A line with the peak signal-to-noise ratio and the number of codes used.</returns>
    /// <exception cref="StarlingException">
    /// A file is missing or damaged, or the size does not fit the tokenizer.
    /// </exception>
    public static string Write(string tokenizerFile, IReadOnlyList<string> shards, int size, int count, string output)
    {
        if (count < 1) throw new StarlingException($"--images {count}: must be at least 1");
        using VqTokenizer tokenizer = VqTokenizer.Load(tokenizerFile);
        if (size < 1 || size % tokenizer.Downscale != 0)
            throw new StarlingException(
                $"--image-size {size}: must be a multiple of {tokenizer.Downscale}, the tokenizer's downscale");

        var split = new SampleSplit(ShardIndex.Open(shards), Split.Validation, HoldOut);
        byte[][] originals = [.. new ImageReader(split, size).ReadAll().Take(count).Select(p => p.Pixels)];
        var codes = new HashSet<long>();
        var rows = new List<IReadOnlyList<RgbImage>>();
        double squares = 0;
        foreach (byte[][] chunk in originals.Chunk(Columns))
        {
            byte[][] copies = [.. Copies(tokenizer, chunk, size, codes)];
            squares += chunk.Zip(copies, SquaredError).Sum();
            rows.Add(Images(chunk, size));
            rows.Add(Images(copies, size));
        }
        string[] labels = [.. rows.Select((_, i) => i % 2 == 0 ? "original" : "tokenizer")];
        PngWriter.Write(output, SampleGrid.Render(rows, labels, Columns, Scale, Path.GetFileName(tokenizerFile)));

        double mean = squares / originals.Sum(p => (long)p.Length);
        double decibels = 10 * Math.Log10(255.0 * 255.0 / Math.Max(mean, 1e-9));
        return FormattableString.Invariant($"{originals.Length} held-out images: {decibels:0.00} dB, ") +
            FormattableString.Invariant($"{codes.Count} of {tokenizer.CodebookSize} codes used");
    }

    private static IEnumerable<byte[]> Copies(VqTokenizer tokenizer, byte[][] images, int size, HashSet<long> used)
    {
        using var scope = NewDisposeScope();
        byte[] pixels = [.. images.SelectMany(p => p)];
        Tensor codes_BN = tokenizer.Encode(ImageTensors.FromBytes(pixels, images.Length, size, size));
        used.UnionWith(codes_BN.cpu().data<long>());
        return tokenizer.Decode(codes_BN).Chunk(pixels.Length / images.Length);
    }

    private static RgbImage[] Images(byte[][] planes, int size) =>
        [.. planes.Select(p => RgbImage.FromPlanes(p, size, size))];

    private static double SquaredError(byte[] a, byte[] b) => a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum();
}
