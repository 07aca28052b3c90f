using System.Text;

namespace Starling.Actors.Tests.Support;

/// <summary>An output that refuses everything, as a full disk or a closed pipe does.</summary>
internal sealed class BrokenWriter : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw new IOException("no space left");
}
