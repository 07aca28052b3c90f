namespace Starling.Model.Import.Pickling;

/// <summary>A Python name that a pickle mentions. Only a name: nothing is ever looked up or called.</summary>
internal sealed record PickleGlobal(string Module, string Name);
