using Akka.Actor;
using Google.Protobuf;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Writes a message's fields in protobuf's wire format. The number of a field never changes, and the number of a
/// removed field is never used again. Null values and empty lists are not written.
/// </summary>
internal sealed class WireWriter : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _fields;

    public WireWriter() => _fields = new CodedOutputStream(_bytes, leaveOpen: true);

    public WireWriter Long(int field, long value)
    {
        _fields.WriteTag(field, WireFormat.WireType.Varint);
        _fields.WriteInt64(value);
        return this;
    }

    public WireWriter Long(int field, long? value) => value is { } present ? Long(field, present) : this;

    public WireWriter Flag(int field, bool value) => Long(field, value ? 1 : 0);

    public WireWriter Double(int field, double value)
    {
        _fields.WriteTag(field, WireFormat.WireType.Fixed64);
        _fields.WriteDouble(value);
        return this;
    }

    public WireWriter Text(int field, string? value)
    {
        if (value is null) return this;
        _fields.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _fields.WriteString(value);
        return this;
    }

    public WireWriter Texts(int field, IEnumerable<string> values)
    {
        foreach (string value in values) Text(field, value);
        return this;
    }

    public WireWriter Bytes(int field, ReadOnlyMemory<byte> value)
    {
        _fields.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _fields.WriteBytes(UnsafeByteOperations.UnsafeWrap(value));
        return this;
    }

    public WireWriter Bytes(int field, IEnumerable<ReadOnlyMemory<byte>> values)
    {
        foreach (ReadOnlyMemory<byte> value in values) Bytes(field, value);
        return this;
    }

    /// <summary>Writes a list of numbers as one field (packed).</summary>
    public WireWriter Ints(int field, IReadOnlyList<int> values)
    {
        if (values.Count == 0) return this;
        _fields.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _fields.WriteLength(values.Sum(CodedOutputStream.ComputeInt32Size));
        foreach (int value in values) _fields.WriteInt32(value);
        return this;
    }

    /// <summary>Writes an actor reference as a path that is valid on other nodes too.</summary>
    public WireWriter Actor(int field, IActorRef actor) =>
        Text(field, Akka.Serialization.Serialization.SerializedActorPath(actor));

    public WireWriter Actors(int field, IEnumerable<IActorRef> actors)
    {
        foreach (IActorRef actor in actors) Actor(field, actor);
        return this;
    }

    /// <summary>Writes a message inside the message.</summary>
    public WireWriter One<T>(int field, T value, Action<T, WireWriter> write)
    {
        using WireWriter inner = new();
        write(value, inner);
        return Bytes(field, inner.ToArray());
    }

    public WireWriter Maybe<T>(int field, T? value, Action<T, WireWriter> write) where T : class =>
        value is null ? this : One(field, value, write);

    public WireWriter Many<T>(int field, IEnumerable<T> values, Action<T, WireWriter> write)
    {
        foreach (T value in values) One(field, value, write);
        return this;
    }

    public byte[] ToArray()
    {
        _fields.Flush();
        return _bytes.ToArray();
    }

    public void Dispose() => _fields.Dispose();
}
