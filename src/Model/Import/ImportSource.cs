namespace Starling.Model.Import;

/// <summary>
/// Where the imported weights were in their file, and what else the file contains. The texts are safe to print.
/// </summary>
public sealed record ImportSource
{
    /// <summary>The key under which the weights were; empty for a plain dictionary or safetensors.</summary>
    public string Container { get; init; } = "";

    /// <summary>The file's other entries, such as <c>optimizer</c> or <c>ema</c>.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>
    /// Names of Python callables, such as <c>argparse.Namespace</c>, that Python's own reader would have called. They
    /// were not called. If there are very many, only the first ones.
    /// </summary>
    public IReadOnlyList<string> Placeholders { get; init; } = [];

    /// <summary>Tensors that were left out because they are derived from others or serve training only.</summary>
    public IReadOnlyList<string> Buffers { get; init; } = [];

    /// <summary>Settings that the file does not contain, for which LlamaGen's usual values were assumed.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];
}
