using Starling.Data;

namespace Starling.Model.Tensors;

/// <summary>Opens files that users name.</summary>
internal static class InputFile
{
    /// <summary>Opens a file to read.</summary>
    /// <exception cref="StarlingException">No such file, a folder, a pipe, or not to be read.</exception>
    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path)) throw new StarlingException($"{path} is a folder, where a file is needed");
        try
        {
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (stream.CanSeek) return stream;
            stream.Dispose();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path} cannot be read: {e.Message}", e);
        }
        throw new StarlingException($"{path} is no plain file");
    }
}
