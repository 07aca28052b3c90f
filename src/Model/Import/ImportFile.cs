using Starling.Data;
using Starling.Model.Tensors;

namespace Starling.Model.Import;

/// <summary>Tells the format of a file to be imported by its first bytes, not by its name.</summary>
internal static class ImportFile
{
    /// <summary>Tells whether the file is a zip. If not, it is taken for safetensors.</summary>
    /// <exception cref="StarlingException">The file is a bare pickle, PyTorch's format before 1.6.</exception>
    internal static bool IsZip(string path)
    {
        using FileStream stream = InputFile.Open(path);
        Span<byte> start = stackalloc byte[4];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (count == 4 && start[0] == 0x80 && start[1] is >= 2 and <= 5 && start[2] is 0x8A or (byte)'}' or (byte)']')
            throw new StarlingException(
                $"{path} is in the format of PyTorch before 1.6: load and torch.save it with a newer one");
        return start.SequenceEqual("PK\u0003\u0004"u8);
    }
}
