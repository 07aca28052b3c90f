using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Starling.Model.Tests.Import;

/// <summary>Writes pickles byte by byte, valid and invalid ones, and the zip archives around them.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [0x80, 2];

    public byte[] Bytes => [.. _bytes, (byte)'.'];

    public PickleBuilder Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBuilder Op(char operation) => Raw((byte)operation);

    public PickleBuilder Repeat(int times, params byte[] bytes)
    {
        for (int i = 0; i < times; i++) Raw(bytes);
        return this;
    }

    public PickleBuilder Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op('X').Raw(length).Raw(utf8);
    }

    public PickleBuilder Integer(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8A, 8).Raw(bytes);
    }

    public PickleBuilder Integers(params long[] values)
    {
        Op('(');
        foreach (long value in values) Integer(value);
        return Op('t');
    }

    public PickleBuilder Global(string module, string name) =>
        Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    /// <summary>
    /// Writes a tensor as torch.save does: a call of _rebuild_tensor_v2 on a storage that is given by a persistent id.
    /// </summary>
    public PickleBuilder Tensor(string key, long elements, long offset, long[] shape, long[] strides,
        string type = "FloatStorage") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(')
            .Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Integer(elements).Op('t').Op('Q')
            .Integer(offset).Integers(shape).Integers(strides)
            .Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');

    /// <summary>Writes an archive of this pickle and some storages, uncompressed as PyTorch's are.</summary>
    public void Save(string path, params (string Key, byte[] Data)[] storages) => Save(path, Bytes, storages);

    public static void Save(string path, byte[] pickle, (string Key, byte[] Data)[] storages,
        CompressionLevel level = CompressionLevel.NoCompression, string byteOrder = "little")
    {
        using FileStream stream = File.Create(path);
        using ZipArchive zip = new(stream, ZipArchiveMode.Create);
        Add("archive/data.pkl", pickle);
        Add("archive/byteorder", Encoding.ASCII.GetBytes(byteOrder));
        foreach ((string key, byte[] data) in storages) Add("archive/data/" + key, data);

        void Add(string name, byte[] data)
        {
            using Stream entry = zip.CreateEntry(name, level).Open();
            entry.Write(data);
        }
    }
}
