using Starling.Model.Parameters;
using Starling.Model.Transformer;

namespace Starling.Model.Import;

/// <summary>A transformer read from a foreign file; owns its weights.</summary>
/// <param name="Shape">The form inferred from the tensors.</param>
/// <param name="Weights">The weights, float32.</param>
/// <param name="Source">Where they were, and what was left behind.</param>
public sealed record ImportedGpt(GptShape Shape, ParameterStore Weights, ImportSource Source) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
