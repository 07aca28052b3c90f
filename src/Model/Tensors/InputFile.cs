using Starling.Data;

namespace Starling.Model.Tensors;

/// <summary>Opens files whose paths come from users.</summary>
internal static class InputFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="StarlingException">
    /// The file does not exist, cannot be read, or is a folder or a pipe.
    /// </exception>
    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path)) throw new StarlingException($"{path} is a folder, where a file is needed",
            scope: FaultScope.Node);
        try
        {
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (stream.CanSeek) return stream;
            stream.Dispose();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path} cannot be read: {e.Message}", e, FaultScope.Node);
        }
        throw new StarlingException($"{path} is no plain file", scope: FaultScope.Node);
    }
}
