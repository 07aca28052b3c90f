namespace Starling.Model.Import.Pickling;

/// <summary>The value that a pickle contains.</summary>
/// <param name="Value">
/// Null, bool, long, double, string, <see cref="PickleContainer"/> or <see cref="TensorReference"/>.
/// </param>
/// <param name="Placeholders">
/// Names of the callables that were not called, sorted. If there are very many, only the first ones.
/// </param>
internal sealed record PickledValue(object? Value, IReadOnlyList<string> Placeholders);
