namespace Starling.Model.Files;

/// <summary>A file that is written from its start to its end.</summary>
public interface IDurableFile : IDisposable
{
    /// <summary>Appends bytes.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Ends the file: returns when it is closed and all its bytes would survive a power cut. A file that is disposed
    /// before is not to be used.
    /// </summary>
    void SyncAndClose();
}
