namespace Starling.Model.Import.Pickling;

/// <summary>What a pickle holds.</summary>
/// <param name="Value">
/// Null, bool, long, double, string, <see cref="PickleContainer"/> or <see cref="TensorReference"/>.
/// </param>
/// <param name="Placeholders">Names of the callables that were not called, sorted; the first ones of very many.</param>
internal sealed record PickledValue(object? Value, IReadOnlyList<string> Placeholders);
