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
    /// Weights after AdamW: 1e-5 of the tensor's largest, but for a few elements, which may be off by two updates.
    /// AdamW divides a gradient by its own size, so where a gradient nearly vanishes its rounding moves the weight
    /// visibly. One element in a thousand may be such (two at least), and in a matrix as many as a row or a column has,
    /// since a hidden unit that hardly matters takes all its weights along. (Ten steps of the reference in float64 and
    /// in float32 end up to 7e-4 apart, with 80 elements of a 24,576-element matrix beyond 1e-5.) Where
    /// <paramref name="nudged"/>, from another rounding, has more such elements, more are allowed.
    /// </summary>
    public static void AssertUpdated(
        Tensor expected, Tensor actual, double learningRate, string what, Tensor? nudged = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Assert.Equal(expected.shape, actual.shape);
        double allowed = 1e-5 * expected.abs().max().item<float>();
        float[] differences = Differences(expected, actual);
        Assert.True(differences.All(difference => difference <= allowed + 2 * learningRate), $"{what}: off");
        int beyond = differences.Count(difference => difference > allowed);
        long line = expected.shape.Length > 1 ? expected.shape.Max() : 2;
        int rounding = nudged is null ? 0 : Differences(nudged, actual).Count(difference => difference > allowed);
        Assert.True(beyond <= line + differences.Length / 1000 + 3 * rounding,
            $"{what}: {beyond} of {differences.Length} elements are off, {rounding} by rounding alone");
    }

    private static float[] Differences(Tensor a, Tensor b) => (a - b).abs().flatten().data<float>().ToArray();
}
