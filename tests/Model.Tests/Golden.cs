using Starling.Model.Tensors;
using Starling.Tests;
using static TorchSharp.torch;

namespace Starling.Model.Tests;

/// <summary>
/// A reference file of LlamaGen's code, Pillow or numpy. <see cref="GoldenFolder"/> tells which. All shapes and
/// settings come from the file, so other files of the same form can replace it.
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

    /// <summary>The sets of files on which golden tests run.</summary>
    public static TheoryData<string> Sets => GoldenFolder.Sets;

    /// <summary>Opens a golden file of a set. Its tensors belong to the caller's dispose scope.</summary>
    public static Golden Open(string set, string name) => new(PathOf(Path.Combine(set, name + ".safetensors")));

    public static string PathOf(string fileName) => GoldenFolder.PathOf(fileName);

    public int Int(string key) => int.Parse(Metadata[key], System.Globalization.CultureInfo.InvariantCulture);

    public double Number(string key) => double.Parse(Metadata[key], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Gives the tensors whose names begin with <paramref name="prefix"/>, without the prefix. Fails if there are none,
    /// because a test that goes through them would then check nothing.
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
    /// Compares weights after AdamW updates. The tolerance is 1e-5 of the tensor's largest element. A few elements may
    /// be off by two updates instead: AdamW divides a gradient by its own size, so where a gradient is almost 0, its
    /// rounding changes the weight visibly. These may be one element in a thousand (and two at least), and in a matrix
    /// as many as a row or a column has, because a hidden unit that hardly matters affects all its weights. (After ten
    /// steps the reference in float64 and the reference in float32 differ by up to 7e-4, and 80 elements of a matrix of
    /// 24,576 differ by more than 1e-5.) If <paramref name="nudged"/>, a result with other rounding, has more such
    /// elements, more are allowed.
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
