using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// Writes weights as float16. float16 halves the file, and is exact enough for networks with normalized activations.
/// </summary>
public static class HalfPrecisionFile
{
    /// <summary>Writes a safetensors file. Makes its folder if there is none.</summary>
    public static void Write(string path, IEnumerable<HostTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        SafetensorsFile.Write(path, tensors.Select(t => HostTensor.From(t.Name, t.ToTensor().to(float16))), metadata);
    }
}
