using System.IO.Compression;
using Starling.Data;
using Starling.Model.Import.Pickling;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Import;

/// <summary>
/// A <c>.pt</c> or <c>.pth</c> file as torch.save writes it since PyTorch 1.6: an uncompressed zip with
/// <c>NAME/data.pkl</c> and a file <c>NAME/data/KEY</c> for each storage. It is read as data: nothing in it is executed
/// (<see cref="PickleMachine"/>), and the memory used is limited to a small multiple of the file's size.
/// </summary>
internal sealed class PyTorchArchive : IDisposable
{
    private const string PickleName = "data.pkl";
    private const long MaxPickleBytes = 32 << 20;
    private const int ChunkBytes = 1 << 28;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ZipArchive _zip;
    private readonly string _root;
    private long _budget;

    private PyTorchArchive(string path, FileStream stream)
    {
        (_path, _stream) = (path, stream);
        // Views may use the elements of a storage several times, so tensors may be larger than the file. But a small
        // file that asks for gigabytes is an attack.
        _budget = Math.Max(64L << 20, checked(stream.Length * 8));
        _zip = new ZipArchive(stream, ZipArchiveMode.Read);
        ZipArchiveEntry[] pickles = [.. _zip.Entries.Where(e => IsPickle(e.FullName))];
        if (pickles.Length != 1) throw Bad($"it holds {pickles.Length} data.pkl files instead of one");
        _root = pickles[0].FullName[..^PickleName.Length];
        if (_zip.GetEntry(_root + "byteorder") is { } order && ReadText(order) is not "little")
            throw Bad("it is big-endian");
        Content = PickleMachine.Read(ReadBytes(pickles[0], MaxPickleBytes), path);
    }

    /// <summary>The saved value. Tensors in it are references.</summary>
    internal PickledValue Content { get; }

    /// <summary>Opens a file and reads its structure, but no tensors.</summary>
    /// <exception cref="StarlingException">The file is no such archive, damaged or hostile.</exception>
    internal static PyTorchArchive Open(string path)
    {
        FileStream stream = InputFile.Open(path);
        try
        {
            return Guard(path, () => new PyTorchArchive(path, stream));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads tensors into the caller's dispose scope. Each is contiguous and has memory of its own. A storage that
    /// several tensors share is read once.
    /// </summary>
    internal Dictionary<string, Tensor> Read(IReadOnlyDictionary<string, TensorReference> wanted) => Guard(_path, () =>
    {
        LibTorch.Initialize();
        Dictionary<string, Tensor> tensors = [];
        foreach ((string name, TensorReference view) in wanted) CheckFits(name, view);
        foreach (var views in wanted.GroupBy(w => w.Value.Storage))
        {
            using var scope = NewDisposeScope();
            Tensor storage = ReadStorage(views.Key);
            foreach ((string name, TensorReference view) in views)
            {
                Tensor copy = empty(view.Shape, storage.dtype, CPU);
                if (view.Count > 0) copy.copy_(storage.as_strided(view.Shape, view.Strides, view.Offset));
                tensors.Add(name, copy.MoveToOuterDisposeScope());
            }
        }
        return tensors;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _zip.Dispose();
        _stream.Dispose();
    }

    private void CheckFits(string name, TensorReference view)
    {
        if (!view.Fits) throw Bad($"tensor '{name}' reaches outside its storage {view.Storage.Key}");
        UInt128 bytes = (UInt128)view.Count!.Value * (UInt128)SafetensorsHeader.SizeOf(view.Storage.Type);
        if (bytes > (UInt128)_budget) throw Bad($"tensor '{name}' would need far more memory than the file's size");
        _budget -= (long)bytes;
    }

    private Tensor ReadStorage(StorageReference storage)
    {
        string key = storage.Key;
        int size = SafetensorsHeader.SizeOf(storage.Type), chunk = ChunkBytes / size;
        ZipArchiveEntry entry = RequireUncompressed(
            _zip.GetEntry($"{_root}data/{key}") ?? throw Bad($"storage {key} is missing"));
        if ((UInt128)entry.Length != (UInt128)storage.Elements * (UInt128)size)
            throw Bad($"storage {key} has {entry.Length} bytes, not {storage.Elements} elements of {storage.Type}");
        Tensor elements = empty([storage.Elements], storage.Type, CPU);
        using Stream data = entry.Open();
        for (long at = 0; at < storage.Elements; at += chunk)
        {
            using Tensor part = elements.narrow(0, at, Math.Min(chunk, storage.Elements - at));
            data.ReadExactly(part.bytes);
        }
        return elements;
    }

    private byte[] ReadBytes(ZipArchiveEntry entry, long limit)
    {
        if (entry.Length > limit) throw Bad($"{entry.Name} has {entry.Length} bytes, more than {limit}");
        byte[] bytes = new byte[RequireUncompressed(entry).Length];
        using Stream data = entry.Open();
        data.ReadExactly(bytes);
        return bytes;
    }

    private string ReadText(ZipArchiveEntry entry) =>
        System.Text.Encoding.ASCII.GetString(ReadBytes(entry, 100)).Trim();

    /// <summary>
    /// Checks that an entry is not compressed, which PyTorch never does. Without decompression, a small file cannot
    /// grow in memory (a zip bomb), and the sizes in the zip are the true ones.
    /// </summary>
    private ZipArchiveEntry RequireUncompressed(ZipArchiveEntry entry) =>
        entry.CompressedLength == entry.Length && entry.Length <= _stream.Length
            ? entry
            : throw Bad($"{entry.FullName} is compressed: save it again with torch.save");

    private static bool IsPickle(string name) =>
        name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal);

    private StarlingException Bad(string why) =>
        new($"{_path} is not a readable PyTorch file: {ForeignText.Clean(why)}");

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw new StarlingException($"{path} is not a readable PyTorch file, perhaps truncated: {e.Message}", e);
        }
    }
}
