using Akka.Actor;
using Google.Protobuf;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Reads the fields that a <see cref="WireWriter"/> wrote, in any order. Unknown field numbers are skipped, and a
/// missing field reads as 0, "" or an empty list, so that later releases can add fields to a message. The reader trusts
/// no length in the bytes: it never allocates more than a small multiple of the bytes that it received.
/// </summary>
internal sealed class WireReader
{
    private const int MostFields = 8192, DeepestNesting = 4;

    private readonly List<Field> _fields = [];
    private readonly ExtendedActorSystem _system;
    private readonly int _depth;

    public WireReader(byte[] bytes, ExtendedActorSystem system) : this(new CodedInputStream(bytes), system, 0)
    {
    }

    private WireReader(CodedInputStream bytes, ExtendedActorSystem system, int depth)
    {
        (_system, _depth) = (system, depth);
        if (depth > DeepestNesting) throw new WireRefusedException("nested too deeply");
        for (uint tag; (tag = bytes.ReadTag()) != 0;)
        {
            if (_fields.Count == MostFields) throw new WireRefusedException($"more than {MostFields} fields");
            int number = WireFormat.GetTagFieldNumber(tag);
            _fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => new Field(number, bytes.ReadInt64(), null, IsDouble: false),
                WireFormat.WireType.Fixed64 => new Field(
                    number, BitConverter.DoubleToInt64Bits(bytes.ReadDouble()), null, IsDouble: true),
                WireFormat.WireType.LengthDelimited => new Field(number, 0, bytes.ReadBytes(), IsDouble: false),
                WireFormat.WireType other => throw new WireRefusedException($"a field of wire type {other}"),
            });
        }
    }

    public long Long(int field) => LongOrNull(field) ?? 0;

    public long? LongOrNull(int field)
    {
        if (Last(field) is not { } found) return null;
        return found is { Bytes: null, IsDouble: false } ? found.Bits : throw Mistyped(field);
    }

    /// <exception cref="OverflowException">The number does not fit into 32 bits.</exception>
    public int Int(int field) => checked((int)Long(field));

    public bool Flag(int field) => Long(field) != 0;

    public double Double(int field)
    {
        if (Last(field) is not { } found) return 0;
        return found.IsDouble ? BitConverter.Int64BitsToDouble(found.Bits) : throw Mistyped(field);
    }

    public T Choice<T>(int field) where T : struct, Enum
    {
        T value = (T)Enum.ToObject(typeof(T), Int(field));
        return Enum.IsDefined(value) ? value : throw new WireRefusedException($"{value} is no {typeof(T).Name}");
    }

    public string Text(int field) => TextOrNull(field) ?? "";

    public string? TextOrNull(int field) => Last(field) is { } found ? Bytes(found).ToStringUtf8() : null;

    public IReadOnlyList<string> Texts(int field) => [.. All(field).Select(found => Bytes(found).ToStringUtf8())];

    public ReadOnlyMemory<byte> Bytes(int field) => Last(field) is { } found ? Bytes(found).Memory : default;

    public IReadOnlyList<ReadOnlyMemory<byte>> ManyBytes(int field) =>
        [.. All(field).Select(found => Bytes(found).Memory)];

    public IReadOnlyList<int> Ints(int field)
    {
        if (Last(field) is not { } found) return [];
        List<int> values = [];
        CodedInputStream packed = Bytes(found).CreateCodedInput();
        while (!packed.IsAtEnd) values.Add(packed.ReadInt32());
        return values;
    }

    public IActorRef Actor(int field) => Last(field) is { } found
        ? Actor(found)
        : throw new WireRefusedException($"field {field}, an actor, is missing");

    public IReadOnlyList<IActorRef> Actors(int field) => [.. All(field).Select(Actor)];

    public T One<T>(int field, Func<WireReader, T> read) where T : class =>
        Maybe(field, read) ?? throw new WireRefusedException($"field {field}, a {typeof(T).Name}, is missing");

    public T? Maybe<T>(int field, Func<WireReader, T> read) where T : class =>
        Last(field) is { } found ? read(Inner(found)) : null;

    public IReadOnlyList<T> Many<T>(int field, Func<WireReader, T> read) =>
        [.. All(field).Select(found => read(Inner(found)))];

    private IEnumerable<Field> All(int number) => _fields.Where(field => field.Number == number);

    // Protobuf has the rule that the last one counts if a field is there more than once.
    private Field? Last(int number)
    {
        int at = _fields.FindLastIndex(field => field.Number == number);
        return at < 0 ? null : _fields[at];
    }

    private IActorRef Actor(Field found) => _system.Provider.ResolveActorRef(Bytes(found).ToStringUtf8());

    private WireReader Inner(Field found) => new(Bytes(found).CreateCodedInput(), _system, _depth + 1);

    private static ByteString Bytes(Field found) => found.Bytes ?? throw Mistyped(found.Number);

    private static WireRefusedException Mistyped(int field) => new($"field {field} is of another type");

    private readonly record struct Field(int Number, long Bits, ByteString? Bytes, bool IsDouble);
}
