using Starling.Data;
using Starling.Model.Tensors;

namespace Starling.Model.Import.Pickling;

/// <summary>
/// Reads Python's pickle format as data. A pickle is a program for a stack machine. This machine runs the part of it
/// that builds dictionaries, lists, numbers, texts and tensors, and never calls Python code (see
/// <see cref="KnownGlobals"/>). Operations, nesting and memory are limited for every file.
/// </summary>
internal sealed class PickleMachine
{
    /// <summary>Most operations. A real checkpoint of 3B parameters with optimizer state has 30,000.</summary>
    private const int MaxOperations = 1_000_000;

    private const int MaxDepth = 200, MaxPlaceholders = 20;

    private readonly PickleInput _in;
    private readonly PickleStack _stack;
    private readonly Dictionary<long, object?> _memo = [];
    private readonly SortedSet<string> _placeholders = new(StringComparer.Ordinal);

    private PickleMachine(ReadOnlyMemory<byte> pickle, string path)
    {
        _in = new PickleInput(pickle, path);
        _stack = new PickleStack(_in);
    }

    /// <summary>Reads the pickled value.</summary>
    /// <exception cref="StarlingException">The bytes are no pickle, are damaged, or exceed a limit.</exception>
    internal static PickledValue Read(ReadOnlyMemory<byte> pickle, string path)
    {
        PickleMachine machine = new(pickle, path);
        object? value = machine.Run();
        return new PickledValue(value, [.. machine._placeholders]);
    }

    private object? Run()
    {
        for (int i = 0; i < MaxOperations; i++)
        {
            PickleOp operation = (PickleOp)_in.Byte();
            if (operation == PickleOp.Stop) return _stack.Pop();
            Perform(operation);
        }
        throw _in.Bad($"it has more than {MaxOperations} operations");
    }

    private void Perform(PickleOp operation)
    {
        switch (operation)
        {
            case PickleOp.Protocol: CheckProtocol(_in.Byte()); break;
            case PickleOp.Frame: _in.Int64(); break;
            case PickleOp.Mark: _stack.Mark(); break;
            case PickleOp.Pop: _stack.Pop(); break;
            case PickleOp.PopMark: _stack.PopToMark(); break;
            case PickleOp.Duplicate: _stack.Push(_stack.Peek()); break;

            case PickleOp.None: _stack.Push(null); break;
            case PickleOp.True: _stack.Push(true); break;
            case PickleOp.False: _stack.Push(false); break;
            case PickleOp.UInt8: _stack.Push((long)_in.Byte()); break;
            case PickleOp.UInt16: _stack.Push((long)_in.UInt16()); break;
            case PickleOp.Int32: _stack.Push((long)_in.Int32()); break;
            case PickleOp.Long1: _stack.Push(ReadInteger(_in.Byte())); break;
            case PickleOp.Long4: _stack.Push(ReadInteger(_in.Int32())); break;
            case PickleOp.Float: _stack.Push(_in.Float()); break;
            case PickleOp.ShortUnicode or PickleOp.ShortString: _stack.Push(_in.Text(_in.Byte())); break;
            case PickleOp.Unicode or PickleOp.String: _stack.Push(_in.Text((uint)_in.Int32())); break;
            case PickleOp.Unicode8: _stack.Push(_in.Text(_in.Int64())); break;
            case PickleOp.ShortBytes: SkipBytes(_in.Byte()); break;
            case PickleOp.Bytes: SkipBytes((uint)_in.Int32()); break;
            case PickleOp.Bytes8 or PickleOp.ByteArray8: SkipBytes(_in.Int64()); break;

            case PickleOp.EmptyTuple or PickleOp.EmptyList or PickleOp.EmptySet: Push(new PickleSequence()); break;
            case PickleOp.Tuple1: Push(new PickleSequence(_stack.Pop())); break;
            case PickleOp.Tuple2: TupleOf(2); break;
            case PickleOp.Tuple3: TupleOf(3); break;
            case PickleOp.Tuple or PickleOp.List or PickleOp.FrozenSet:
                Push(new PickleSequence(_stack.PopToMark()));
                break;
            case PickleOp.EmptyDictionary: Push(new PickleDictionary()); break;
            case PickleOp.Dictionary: SetEntries(new PickleDictionary(), _stack.PopToMark()); break;
            case PickleOp.Append: AppendItems([_stack.Pop()]); break;
            case PickleOp.Appends or PickleOp.AddItems: AppendItems(_stack.PopToMark()); break;
            case PickleOp.SetItem: SetItem(); break;
            case PickleOp.SetItems: SetEntries(null, _stack.PopToMark()); break;

            case PickleOp.Get: _stack.Push(FromMemo(_in.Byte())); break;
            case PickleOp.LongGet: _stack.Push(FromMemo((uint)_in.Int32())); break;
            case PickleOp.Put: _memo[_in.Byte()] = _stack.Peek(); break;
            case PickleOp.LongPut: _memo[(uint)_in.Int32()] = _stack.Peek(); break;
            case PickleOp.Memoize: _memo[_memo.Count] = _stack.Peek(); break;

            case PickleOp.Global: _stack.Push(new PickleGlobal(_in.Line(), _in.Line())); break;
            case PickleOp.StackGlobal: StackGlobal(); break;
            case PickleOp.PersistentId: _stack.Push(KnownGlobals.Storage(_stack.Pop())); break;
            case PickleOp.Reduce: Call(); break;
            case PickleOp.NewObject: Call(); break;
            case PickleOp.NewObjectEx: _stack.Pop(); Call(); break;
            case PickleOp.Build: Build(_stack.Pop()); break;
            default: throw _in.Bad($"there is the unknown operation 0x{(byte)operation:X2}");
        }
    }

    private void CheckProtocol(byte version)
    {
        if (version is < 2 or > 5) throw _in.Bad($"the pickle protocol is {version}; 2 to 5 are readable");
    }

    private void Push(PickleContainer value)
    {
        CheckDepth(value);
        _stack.Push(value);
    }

    private void CheckDepth(PickleContainer value)
    {
        if (value.Depth > MaxDepth) throw _in.Bad($"values nest more than {MaxDepth} deep");
    }

    /// <summary>
    /// Reads an integer in little-endian two's complement. One of more than 64 bits (a random seed) becomes a
    /// placeholder.
    /// </summary>
    private object ReadInteger(int size)
    {
        ReadOnlySpan<byte> bytes = _in.Take(size);
        if (size > 8) return new PickleObject();
        long value = size > 0 && bytes[^1] >= 0x80 ? -1 : 0;
        for (int i = size - 1; i >= 0; i--) value = (value << 8) | bytes[i];
        return value;
    }

    private void SkipBytes(long size)
    {
        _in.Take(size);
        _stack.Push(new PickleObject());
    }

    private void TupleOf(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--) items[i] = _stack.Pop();
        Push(new PickleSequence(items));
    }

    private void AppendItems(ReadOnlySpan<object?> items)
    {
        switch (_stack.Peek())
        {
            case PickleSequence list:
                foreach (object? item in items) list.Add(item);
                CheckDepth(list);
                break;
            case PickleObject: break;
            default: throw _in.Bad("items are added to something that is not a list");
        }
    }

    private void SetItem()
    {
        object? value = _stack.Pop(), key = _stack.Pop();
        SetEntries(null, [key, value]);
    }

    private void SetEntries(PickleDictionary? created, ReadOnlySpan<object?> pairs)
    {
        if (created is not null) _stack.Push(created);
        if (pairs.Length % 2 != 0) throw _in.Bad("a key has no value");
        switch (_stack.Peek())
        {
            case PickleDictionary dictionary:
                for (int i = 0; i < pairs.Length; i += 2) dictionary.Set(pairs[i], pairs[i + 1]);
                CheckDepth(dictionary);
                break;
            case PickleObject: break;
            default: throw _in.Bad("entries are added to something that is not a dictionary");
        }
    }

    private object? FromMemo(long key) =>
        _memo.TryGetValue(key, out object? value) ? value : throw _in.Bad($"value {key} is used before it is stored");

    private void StackGlobal()
    {
        if (_stack.Pop() is not string name || _stack.Pop() is not string module) throw _in.Bad("a global has no name");
        _stack.Push(new PickleGlobal(module, name));
    }

    private void Call()
    {
        object? arguments = _stack.Pop(), callable = _stack.Pop();
        object value = KnownGlobals.Call(callable, arguments);
        if (value is PickleObject && callable is PickleGlobal name && _placeholders.Count < MaxPlaceholders)
            _placeholders.Add(ForeignText.Clean($"{name.Module}.{name.Name}"));
        _stack.Push(value);
    }

    /// <summary>
    /// Sets the attributes of a placeholder. Those of dictionaries and tensors (such as <c>_metadata</c>) contain no
    /// weights and are dropped.
    /// </summary>
    private void Build(object? state)
    {
        if (_stack.Peek() is not PickleObject value) return;
        value.Build(state);
        CheckDepth(value);
    }
}
