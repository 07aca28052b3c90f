using Starling.Data;

namespace Starling.Model.Import.Pickling;

/// <summary>The machine's stack. Marks divide it into frames; values below the newest mark cannot be taken.</summary>
internal sealed class PickleStack(PickleInput input)
{
    private const int MaxHeight = 1 << 18, MaxMarks = 1000;
    private readonly List<object?> _values = [];
    private readonly Stack<int> _marks = [];

    private int Floor => _marks.TryPeek(out int floor) ? floor : 0;

    internal void Mark()
    {
        if (_marks.Count == MaxMarks) throw input.Bad($"values nest more than {MaxMarks} deep");
        _marks.Push(_values.Count);
    }

    internal void Push(object? value)
    {
        if (_values.Count == MaxHeight) throw input.Bad("its values nest too deeply");
        _values.Add(value);
    }

    internal object? Peek() => _values.Count > Floor ? _values[^1] : throw Empty();

    internal object? Pop()
    {
        object? value = Peek();
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    /// <summary>Takes all values above the newest mark, and removes the mark.</summary>
    internal object?[] PopToMark()
    {
        if (!_marks.TryPop(out int floor)) throw Empty();
        object?[] values = [.. _values[floor..]];
        _values.RemoveRange(floor, _values.Count - floor);
        return values;
    }

    private StarlingException Empty() => input.Bad("an operation finds no value to work on");
}
