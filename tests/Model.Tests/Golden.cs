using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests;

/// <summary>
/// A reference file made by LlamaGen's code, Pillow or numpy. The folder comes from STARLING_GOLDEN, so that other
/// files of the same form can be put in their place; every shape and setting comes from the file.
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

    public IEnumerable<string> Names => _tensors.Keys;

    public Tensor this[string name] => _tensors[name];

    /// <summary>Opens a golden file; its tensors belong to the caller's dispose scope.</summary>
    public static Golden Open(string name) => new(PathOf(name + ".safetensors"));

    public static string PathOf(string fileName)
    {
        string? folder = Environment.GetEnvironmentVariable("STARLING_GOLDEN");
        if (string.IsNullOrEmpty(folder)) folder = Path.Combine(AppContext.BaseDirectory, "golden");
        return Path.Combine(folder, fileName);
    }

    public int Int(string key) => int.Parse(Metadata[key], System.Globalization.CultureInfo.InvariantCulture);

    public double Number(string key) => double.Parse(Metadata[key], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The tensors whose names begin with <paramref name="prefix"/>, the prefix taken off.</summary>
    public Dictionary<string, Tensor> Under(string prefix) =>
        _tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

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
}
