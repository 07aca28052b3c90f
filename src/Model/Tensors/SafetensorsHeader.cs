using System.Buffers.Binary;
using System.Text.Json;
using Starling.Data;
using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// The table of contents of a safetensors file. Such a file consists of the header's length (8 bytes, little-endian), a
/// JSON header <c>{name: {dtype, shape, data_offsets}}</c> with optional texts under <c>__metadata__</c>, and the raw
/// data. Reading checks everything that a damaged or hostile file can get wrong, before memory for tensors is
/// allocated.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>Longest header, in bytes. The reference implementation refuses longer ones too.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    /// <summary>Most dimensions of a tensor. (libtorch itself cannot copy tensors of more than 64.)</summary>
    internal const int MaxDimensions = 16;

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2), ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1), ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    private SafetensorsHeader(
        IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Entry> entries, long dataStart)
    {
        Metadata = metadata;
        Entries = entries;
        DataStart = dataStart;
    }

    /// <summary>The <c>__metadata__</c> map; empty if the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>Offset of the data section in the file, in bytes.</summary>
    public long DataStart { get; }

    /// <summary>A tensor, and the range of its bytes relative to <see cref="DataStart"/>.</summary>
    public sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

    /// <summary>Gives the format's name of an element type, for instance <c>F32</c>.</summary>
    public static string NameOf(ScalarType type) =>
        Types.FirstOrDefault(t => t.Type == type).Name ??
        throw new ArgumentException($"safetensors has no element type {type}", nameof(type));

    /// <summary>Gives the size of one element in bytes.</summary>
    public static int SizeOf(ScalarType type)
    {
        _ = NameOf(type);
        return Types.First(t => t.Type == type).Size;
    }

    /// <summary>Reads and checks the header of an open file.</summary>
    /// <exception cref="StarlingException">
    /// The file is not a well-formed safetensors file; names it and what is wrong.
    /// </exception>
    public static SafetensorsHeader Read(Stream stream, string path)
    {
        long length = stream.Length;
        Span<byte> prefix = stackalloc byte[8];
        if (length < 10) throw Bad(path, "it is too short");
        stream.Position = 0;
        stream.ReadExactly(prefix);
        if (prefix.StartsWith("PK\u0003\u0004"u8))
            throw Bad(path, "it is a zip as PyTorch writes; `starling checkpoint import` makes safetensors of it");
        long headerBytes = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (headerBytes is < 2 or > MaxHeaderBytes || headerBytes > length - 8)
            throw Bad(path, $"its header claims {headerBytes} bytes");
        byte[] json = new byte[headerBytes];
        stream.ReadExactly(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return Parse(document.RootElement, 8 + headerBytes, length, path);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new StarlingException($"{path} is not a safetensors file: its header is not valid", e);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long dataStart, long fileLength, string path)
    {
        Dictionary<string, string> metadata = [];
        List<Entry> entries = [];
        HashSet<string> names = [];
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == "__metadata__")
            {
                foreach (JsonProperty item in property.Value.EnumerateObject())
                    metadata[item.Name] = item.Value.GetString()!;
                continue;
            }
            if (!names.Add(property.Name)) throw Bad(path, $"tensor '{property.Name}' appears twice");
            entries.Add(ParseEntry(property, path));
        }
        CheckLayout(entries, fileLength - dataStart, path);
        return new SafetensorsHeader(metadata, entries, dataStart);
    }

    private static Entry ParseEntry(JsonProperty property, string path)
    {
        string typeName = property.Value.GetProperty("dtype").GetString() ?? "";
        (string Name, ScalarType Type, int Size) type = Types.FirstOrDefault(t => t.Name == typeName);
        if (type.Name is null) throw Bad(path, $"tensor '{property.Name}' has the unknown dtype '{typeName}'");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(d => d.GetInt64())];
        if (offsets.Length != 2 || shape.Any(d => d < 0) || shape.Length > MaxDimensions)
            throw Bad(path, $"tensor '{property.Name}' is malformed");
        UInt128 bytes = (UInt128)type.Size;
        foreach (long d in shape)
        {
            bytes *= (UInt128)d;
            if (bytes > long.MaxValue) throw Bad(path, $"tensor '{property.Name}' is impossibly large");
        }
        if (offsets[0] < 0 || offsets[1] < offsets[0] || (UInt128)(offsets[1] - offsets[0]) != bytes)
            throw Bad(path, $"tensor '{property.Name}' of {bytes} bytes has the offsets {offsets[0]}..{offsets[1]}");
        return new Entry(property.Name, type.Type, shape, offsets[0], offsets[1]);
    }

    /// <summary>
    /// Checks that the tensors' ranges cover the data section without holes and overlaps, as the format demands.
    /// </summary>
    private static void CheckLayout(List<Entry> entries, long dataBytes, string path)
    {
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long end = 0;
        foreach (Entry entry in entries)
        {
            if (entry.End > dataBytes) throw Bad(path, $"tensor '{entry.Name}' ends outside the file");
            if (entry.Begin < end) throw Bad(path, $"tensor '{entry.Name}' overlaps the one before it");
            if (entry.Begin > end) throw Bad(path, $"there is a hole before tensor '{entry.Name}'");
            end = entry.End;
        }
        if (end != dataBytes) throw Bad(path, $"{dataBytes - end} bytes follow the last tensor");
    }

    private static StarlingException Bad(string path, string why) =>
        new($"{path} is not a valid safetensors file: {ForeignText.Clean(why)}");
}
