using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Starling.Data;
using Starling.Model.Files;
using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// Reads and writes safetensors, the format of all weight files of this program: named arrays, for which Python, Rust
/// and JavaScript have readers.
/// </summary>
public static class SafetensorsFile
{
    private const int ChunkBytes = 1 << 28;

    /// <summary>
    /// Writes tensors in ordinal order of their names, with the data aligned to 64 bytes, and returns when the bytes
    /// are on the disk. The same tensors and metadata always give the same bytes.
    /// </summary>
    public static void Write(
        string path, IEnumerable<HostTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        long at = 0;
        Write(tensors, metadata, bytes =>
        {
            RandomAccess.Write(file, bytes, at);
            at += bytes.Length;
        });
        FileSync.Sync(file, path);
        FileSync.Close(file, path);
    }

    /// <summary>
    /// Gives the bytes of the file to <paramref name="write"/> piece by piece, for callers that also hash or count
    /// them.
    /// </summary>
    public static void Write(IEnumerable<HostTensor> tensors, IReadOnlyDictionary<string, string>? metadata,
        Action<ReadOnlySpan<byte>> write)
    {
        HostTensor[] items = [.. tensors.OrderBy(t => t.Name, StringComparer.Ordinal)];
        byte[] header = Header(items, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        write(length);
        write(header);
        foreach (HostTensor item in items)
            for (int at = 0; at < item.Bytes.Length; at += ChunkBytes)
                write(item.Bytes.Span.Slice(at, Math.Min(ChunkBytes, item.Bytes.Length - at)));
    }

    /// <summary>Reads the table of contents and the metadata, but no tensors.</summary>
    /// <exception cref="StarlingException">No such file, or not a well-formed one.</exception>
    public static SafetensorsHeader ReadHeader(string path)
    {
        using FileStream stream = InputFile.Open(path);
        return SafetensorsHeader.Read(stream, path);
    }

    /// <summary>
    /// Reads the tensors whose names <paramref name="wanted"/> accepts (all by default) into CPU tensors of the
    /// caller's dispose scope.
    /// </summary>
    /// <exception cref="StarlingException">No such file, or not a well-formed one.</exception>
    public static Dictionary<string, Tensor> Read(string path, Func<string, bool>? wanted = null)
    {
        LibTorch.Initialize();
        using FileStream stream = InputFile.Open(path);
        SafetensorsHeader header = SafetensorsHeader.Read(stream, path);
        Dictionary<string, Tensor> tensors = [];
        foreach (SafetensorsHeader.Entry entry in header.Entries)
        {
            if (wanted is not null && !wanted(entry.Name)) continue;
            Tensor tensor = empty(entry.Shape, entry.Type, CPU);
            stream.Position = header.DataStart + entry.Begin;
            if (entry.End > entry.Begin) stream.ReadExactly(tensor.bytes);
            tensors.Add(entry.Name, tensor);
        }
        return tensors;
    }

    private static byte[] Header(HostTensor[] items, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long at = 0;
            foreach (HostTensor item in items)
            {
                json.WriteStartObject(item.Name);
                json.WriteString("dtype", SafetensorsHeader.NameOf(item.Type));
                json.WriteStartArray("shape");
                foreach (long d in item.Shape) json.WriteNumberValue(d);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += item.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // readers can map aligned data without a copy
        while ((8 + stream.Length) % 64 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }
}
