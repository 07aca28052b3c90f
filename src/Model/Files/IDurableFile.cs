namespace Starling.Model.Files;

/// <summary>A file being written, from its start to its end.</summary>
public interface IDurableFile : IDisposable
{
    /// <summary>Appends bytes.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when everything written would survive a power cut.</summary>
    void Sync();
}
