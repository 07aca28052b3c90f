namespace Starling.Model.Import.Pickling;

/// <summary>A Python tuple, list or set.</summary>
internal sealed class PickleSequence : PickleContainer
{
    private readonly List<object?> _items = [];

    internal PickleSequence(params ReadOnlySpan<object?> items)
    {
        foreach (object? item in items) Add(item);
    }

    internal int Count => _items.Count;

    internal object? this[int index] => _items[index];

    internal void Add(object? item)
    {
        Hold(item);
        _items.Add(item);
    }

    /// <summary>Gives the items as integers, or null if any is something else.</summary>
    internal long[]? Integers() => _items.TrueForAll(i => i is long) ? [.. _items.Cast<long>()] : null;
}
