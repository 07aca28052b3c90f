namespace Starling.Model.Import.Pickling;

/// <summary>
/// A Python dict, of which only the entries with string keys are kept. Other keys occur only in optimizer state, which
/// is not imported.
/// </summary>
internal sealed class PickleDictionary : PickleContainer
{
    private readonly OrderedDictionary<string, object?> _items = [];

    /// <summary>The entries in the order of their first insertion.</summary>
    internal IEnumerable<KeyValuePair<string, object?>> Items => _items;

    internal void Set(object? key, object? value)
    {
        Hold(key);
        Hold(value);
        if (key is string name) _items[name] = value;
    }

    internal object? Find(string key) => _items.TryGetValue(key, out object? value) ? value : null;
}
