using Starling.Model.Tensors;
using Starling.Tests;
using static TorchSharp.torch;

namespace Starling.Model.Tests;

/// <summary>
/// A reference file made by LlamaGen's code, Pillow or numpy. <see cref="GoldenFolder"/> says which, so that other
/// files of the same form can be put in its place; every shape and setting comes from the file.
/// </summary>
public sealed class Golden
{
    private readonly Dictionary<string, Tensor> _tensors;

    private Golden(string path)
    {
        Metadata = SafetensorsFile.ReadHeader(path).Metadata;
        _tensors = SafetensorsFile.Read(path);
    }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public Tensor this[string name] => _tensors[name];

    /// <summary>The sets of files that golden tests run on.</summary>
    public static TheoryData<string> Sets => GoldenFolder.Sets;

    /// <summary>Opens a golden file of a set; its tensors belong to the caller's dispose scope.</summary>
    public static Golden Open(string set, string name) => new(PathOf(Path.Combine(set, name + ".safetensors")));

    public static string PathOf(string fileName) => GoldenFolder.PathOf(fileName);

    public int Int(string key) => int.Parse(Metadata[key], System.Globalization.CultureInfo.InvariantCulture);

    public double Number(string key) => double.Parse(Metadata[key], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// The tensors whose names begin with <paramref name="prefix"/>, the prefix taken off; fails if there are none, or
    /// a test that goes through them would prove nothing.
    /// </summary>
    public Dictionary<string, Tensor> Under(string prefix)
    {
        Dictionary<string, Tensor> found = _tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
        Assert.True(found.Count > 0, $"the golden file has no '{prefix}…'");
        return found;
    }

    /// <summary>Fails unless max|actual − expected| ≤ tolerance · max(max|expected|, floor).</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what, double floor = 1e-6)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        if (expected.numel() == 0) return;
        Tensor e = expected.to(ScalarType.Float64), a = actual.detach().cpu().to(ScalarType.Float64);
        double scale = Math.Max(e.abs().max().item<double>(), floor), difference = (a - e).abs().max().item<double>();
        Assert.True(difference <= tolerance * scale,
            $"{what}: off by {difference / scale:E2} relative, {tolerance:E0} allowed");
    }

    /// <summary>
    /// Weights after AdamW: 1e-5 of the tensor's largest, but for one element in a thousand (two at least), which may
    /// be off by two updates. AdamW divides a gradient by its own size, so where a gradient nearly vanishes its rounding
    /// moves the weight visibly: ten steps of the reference in float64 and in float32 end up to 3e-4 apart, in up to
    /// one element in 3,000 beyond 1e-5.
    /// </summary>
    public static void AssertUpdated(Tensor expected, Tensor actual, double learningRate, string what)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Assert.Equal(expected.shape, actual.shape);
        double allowed = 1e-5 * expected.abs().max().item<float>();
        float[] differences = (actual - expected).abs().flatten().data<float>().ToArray();
        Assert.True(differences.All(difference => difference <= allowed + 2 * learningRate), $"{what}: off");
        int beyond = differences.Count(difference => difference > allowed);
        Assert.True(beyond <= Math.Max(2, differences.Length / 1000), $"{what}: {beyond} of {differences.Length} off");
    }
}
