using Starling.Model.Parameters;
using Starling.Model.Tokenizer;

namespace Starling.Model.Import;

/// <summary>A VQ tokenizer that was read from a foreign file. Owns its weights.</summary>
/// <param name="Shape">The tokenizer's shape.</param>
/// <param name="Weights">The weights, float32.</param>
/// <param name="Source">Where the weights were in the file, and what was left out.</param>
public sealed record ImportedVq(VqShape Shape, ParameterStore Weights, ImportSource Source) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
