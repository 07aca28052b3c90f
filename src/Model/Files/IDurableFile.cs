namespace Starling.Model.Files;

/// <summary>A file that is written from its start to its end.</summary>
public interface IDurableFile : IDisposable
{
    /// <summary>Appends bytes.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when all bytes written so far would survive a power cut.</summary>
    void Sync();
}
