using System.Text;
using Starling.Data;

namespace Starling.Actors.Reporting;

/// <summary>
/// A terminal or log that may take no text: the disk behind it is full, or it was closed. What cannot be written is
/// dropped, and the next text is tried again, so that a run never ends over its output.
/// </summary>
/// <param name="inner">The output. Thread-safe if that is.</param>
public sealed class LenientWriter(TextWriter inner) : TextWriter
{
    /// <summary>The first failure; null if everything was written.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Makes a writer to an output that may not even be open.</summary>
    /// <param name="open">Opens the output.</param>
    public static LenientWriter Open(Func<TextWriter> open)
    {
        try
        {
            return new LenientWriter(open());
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return new LenientWriter(Null) { Failure = e };
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine() => Try(inner.WriteLine);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            Failure ??= e;
        }
    }
}
