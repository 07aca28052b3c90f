using Starling.Model.Parameters;
using Starling.Model.Tokenizer;

namespace Starling.Model.Import;

/// <summary>A VQ tokenizer read from a foreign file; owns its weights.</summary>
/// <param name="Shape">Its form.</param>
/// <param name="Weights">The weights, float32.</param>
/// <param name="Source">Where they were, and what was left behind.</param>
public sealed record ImportedVq(VqShape Shape, ParameterStore Weights, ImportSource Source) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
