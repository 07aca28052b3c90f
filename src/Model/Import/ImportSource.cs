namespace Starling.Model.Import;

/// <summary>Where imported weights were in their file, and what else was there. Texts are safe to print.</summary>
public sealed record ImportSource
{
    /// <summary>The key the weights were found under; empty for a raw dictionary or safetensors.</summary>
    public string Container { get; init; } = "";

    /// <summary>The file's other entries, such as <c>optimizer</c> or <c>ema</c>.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>
    /// Python names that would have been called by Python's own reader and were not, such as
    /// <c>argparse.Namespace</c>. The first ones of very many.
    /// </summary>
    public IReadOnlyList<string> Placeholders { get; init; } = [];

    /// <summary>Tensors left out because they are derived from others or belong to training.</summary>
    public IReadOnlyList<string> Buffers { get; init; } = [];

    /// <summary>What the file does not tell and LlamaGen's habits were taken for.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];
}
