namespace Starling.Model.Import.Pickling;

/// <summary>A Python name in a pickle. It stays a name: it is never looked up or called.</summary>
internal sealed record PickleGlobal(string Module, string Name);
