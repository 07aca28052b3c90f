using System.Buffers.Binary;
using System.Text.Json;

namespace Starling.Data.Tests.Support;

/// <summary>Reads the U8 tensors of a small safetensors file, for golden tests of pixels.</summary>
internal sealed class SafetensorsBytes
{
    private readonly byte[] _file;
    private readonly JsonElement _header;
    private readonly int _start;

    public SafetensorsBytes(string path)
    {
        _file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_file);
        _start = 8 + length;
        _header = JsonDocument.Parse(_file.AsMemory(8, length)).RootElement;
    }

    /// <summary>Returns the names that begin with <paramref name="prefix"/>; there is at least one.</summary>
    public string[] NamesUnder(string prefix)
    {
        string[] names = [.. _header.EnumerateObject().Select(entry => entry.Name)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        Assert.NotEmpty(names);
        return names;
    }

    public (int[] Shape, byte[] Bytes) Get(string name)
    {
        JsonElement entry = _header.GetProperty(name);
        Assert.Equal("U8", entry.GetProperty("dtype").GetString());
        int[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
        JsonElement offsets = entry.GetProperty("data_offsets");
        return (shape, _file[(_start + offsets[0].GetInt32())..(_start + offsets[1].GetInt32())]);
    }
}
