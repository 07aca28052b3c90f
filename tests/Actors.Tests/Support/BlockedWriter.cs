using System.Text;

namespace Starling.Actors.Tests.Support;

/// <summary>An output that nobody reads, so that whoever writes to it waits.</summary>
internal sealed class BlockedWriter : TextWriter
{
    private readonly ManualResetEventSlim _read = new();

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Begins to read.</summary>
    public void Release() => _read.Set();

    public override void Write(char value) => _read.Wait();

    public override void WriteLine(string? value) => _read.Wait();

    protected override void Dispose(bool disposing)
    {
        _read.Set();
        base.Dispose(disposing);
    }
}
