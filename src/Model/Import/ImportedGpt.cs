using Starling.Model.Parameters;
using Starling.Model.Transformer;

namespace Starling.Model.Import;

/// <summary>A transformer that was read from a foreign file. Owns its weights.</summary>
/// <param name="Shape">The shape that was inferred from the tensors.</param>
/// <param name="Weights">The weights, float32.</param>
/// <param name="Source">Where the weights were in the file, and what was left out.</param>
public sealed record ImportedGpt(GptShape Shape, ParameterStore Weights, ImportSource Source) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
